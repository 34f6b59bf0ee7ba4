/** The lines of an export. Imports nothing. */

/** What the first line calls the format. */
export const EXPORT_FORMAT = 'meshclaw-export/1';

/** The first line. */
export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly origin: string;
  /** The verifier key of every head in the file. */
  readonly key: string;
  readonly records: number;
  readonly heads: number;
  /** What it begins on, where older epochs are absent. */
  readonly base?: string;
}

/** Reads the first line; undefined when it is not exactly one that an export begins with. */
export function parseHeader(line: string): ExportHeader | undefined {
  const value = parse(line);
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, origin, key, records, heads, base } = value as Record<keyof ExportHeader, unknown>;
  if (format !== EXPORT_FORMAT || typeof origin !== 'string' || typeof key !== 'string') return undefined;
  if (!Number.isSafeInteger(records) || !Number.isSafeInteger(heads)) return undefined;
  if (base !== undefined && typeof base !== 'string') return undefined;
  const counts = { records: Number(records), heads: Number(heads) };
  const header = { format, origin, key, ...counts, ...(base === undefined ? {} : { base }) } as const;
  return JSON.stringify(header) === line ? header : undefined;
}

/** What a line of a head begins with; no record's does, because its first member is one of `approval`, `blobs` and `body`. */
export const HEAD_PREFIX = '{"head":';

/** The note in a head's line; undefined when the line is not exactly one. */
export function parseHeadLine(line: string): string | undefined {
  const value = parse(line);
  if (typeof value !== 'object' || value === null || !('head' in value)) return undefined;
  const { head } = value;
  return typeof head === 'string' && JSON.stringify({ head }) === line ? head : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
