/**
 * Proofs as text: C2SP `tlog-proof` (<https://c2sp.org/tlog-proof>) for a record, and for two heads the body of
 * `add-checkpoint` (<https://c2sp.org/tlog-witness>), both read 2026-11-25. Imports nothing but Node.
 */

/** A record's place under a signed head. `extra` is the record's bytes: their hash is the leaf. */
export interface InclusionText {
  readonly kind: 'inclusion';
  readonly index: number;
  readonly extra: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}
/** That the tree of a signed head continues the tree of `oldSize` records. */
export interface ConsistencyText {
  readonly kind: 'consistency';
  readonly oldSize: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** Proofs of trees that could be: 2^53 records. */
const MOST_HASHES = 64;

/** The text of an inclusion proof. */
export function inclusionText({ index, extra, hashes, note }: Omit<InclusionText, 'kind'>): string {
  return `${[FIRST_LINE, `extra ${base64(extra)}`, `index ${index}`, ...hashes.map(base64)].join('\n')}\n\n${note}`;
}

/** The text of a consistency proof. */
export function consistencyText({ oldSize, hashes, note }: Omit<ConsistencyText, 'kind'>): string {
  return `${[`old ${oldSize}`, ...hashes.map(base64)].join('\n')}\n\n${note}`;
}

/** Reads a proof of either form; undefined when the text is not exactly one. */
export function parseProof(text: string): InclusionText | ConsistencyText | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [lines, note] = [text.slice(0, end).split('\n'), text.slice(end + 2)];
  return lines[0] === FIRST_LINE ? parseInclusion(lines.slice(1), note) : parseConsistency(lines, note);
}

function parseInclusion(lines: readonly string[], note: string): InclusionText | undefined {
  const hasExtra = lines[0]?.startsWith('extra ') === true;
  const extra = hasExtra ? parseBase64(lines[0]?.slice('extra '.length) ?? '') : new Uint8Array();
  const [indexLine, ...rest] = hasExtra ? lines.slice(1) : lines;
  const index = parseNumber(indexLine, 'index ');
  const hashes = parseHashes(rest);
  if (extra === undefined || index === undefined || hashes === undefined) return undefined;
  return { kind: 'inclusion', index, extra, hashes, note };
}

function parseConsistency(lines: readonly string[], note: string): ConsistencyText | undefined {
  const oldSize = parseNumber(lines[0], 'old ');
  const hashes = parseHashes(lines.slice(1));
  return oldSize === undefined || hashes === undefined ? undefined : { kind: 'consistency', oldSize, hashes, note };
}

function parseNumber(line: string | undefined, prefix: string): number | undefined {
  const digits = line?.startsWith(prefix) === true ? line.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : undefined;
}

function parseHashes(lines: readonly string[]): Uint8Array[] | undefined {
  const hashes = lines.map(parseBase64).filter((hash) => hash?.length === 32);
  return hashes.length === lines.length && hashes.length <= MOST_HASHES ? (hashes as Uint8Array[]) : undefined;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Base64 with exactly one spelling. */
function parseBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
