/** What a record's bytes say outside body and blobs, on disk. Imports nothing. */

/** The version of the record format. */
export const RECORD_VERSION = 1;

/** The members of a record that it can be found by, in the order of their terms. All are text. */
export const TERM_MEMBERS = [
  'type',
  'run',
  'execution',
  'plan',
  'approval',
  'digest',
  'subject',
  'target',
  'operation',
  'policy',
] as const;
export type TermMember = (typeof TERM_MEMBERS)[number];

/** A blob a record refers to. */
export interface BlobClaim {
  readonly sha256: string;
  readonly size: number;
}
/** A record's bytes, read as far as checking needs. */
export type Envelope = Readonly<Partial<Record<TermMember | 'once' | 'recorded_at', unknown>>> & {
  readonly v: number;
  readonly index: number;
  readonly body: unknown;
  readonly blobs?: Readonly<Record<string, BlobClaim>>;
};

/** Reads a record's bytes, with or without the zero byte in front of them; undefined when they are not a record of this format. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  try {
    const from = bytes[0] === 0 ? 1 : 0;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from).toString('utf8');
    const value: unknown = JSON.parse(text);
    return isEnvelope(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The values that a record is found by, in the order of {@link TERM_MEMBERS}; undefined where it has none. */
export type TermValues = readonly (string | undefined)[];

/** What a record is found by. */
export function termValues(record: Readonly<Partial<Record<TermMember, unknown>>>): TermValues {
  return TERM_MEMBERS.map((member) => {
    const value = record[member];
    return typeof value === 'string' ? value : undefined;
  });
}

/** How a member with that value is named in the index. */
export const termOf = (member: TermMember, value: string): string => `${member}=${value}`;

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { v, index, body, blobs } = value as { v?: unknown; index?: unknown; body?: unknown; blobs?: unknown };
  if (v !== RECORD_VERSION || !Number.isSafeInteger(index) || body === undefined) return false;
  return (
    blobs === undefined || (typeof blobs === 'object' && blobs !== null && Object.values(blobs).every(isBlobClaim))
  );
}

function isBlobClaim(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, size } = value as { sha256?: unknown; size?: unknown };
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && Number.isSafeInteger(size);
}
