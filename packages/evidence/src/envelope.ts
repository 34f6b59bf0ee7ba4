/** What a record's bytes say outside body and blobs, on disk. Imports nothing. */

/** The version of the record format. */
export const RECORD_VERSION = 1;

/** The members of a record that are kept as columns as well, in the order of the columns. All are text. */
export const COLUMNS = [
  'recorded_at',
  'writer',
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
  'once',
] as const;
export type Column = (typeof COLUMNS)[number];

/** A blob a record refers to. */
export interface BlobClaim {
  readonly sha256: string;
  readonly size: number;
}
/** A record's bytes, read as far as checking needs. */
export type Envelope = Readonly<Partial<Record<Column, unknown>>> & {
  readonly v: number;
  readonly index: number;
  readonly blobs?: Readonly<Record<string, BlobClaim>>;
};

/** Reads a record's bytes; undefined when they are not a record of this format. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
    return isEnvelope(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

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
