/** How records lie in `ledger.db`: chunks of their bytes, and an index over whole blocks of them. Imports nothing but Node. */

import { TERM_MEMBERS, type TermValues, termOf } from './envelope.js';

/** Records of a block: an index row names places in it by one byte each. */
export const BLOCK_RECORDS = 256;
/** A chunk that is this large takes no further record, so that reading one record stays cheap. */
export const CHUNK_BYTES = 1024 * 1024;

/** The number of the block that a record belongs to. */
export const blockOf = (index: number): number => Math.floor(index / BLOCK_RECORDS);

/** The first index of the block that a record belongs to. */
export const blockStart = (index: number): number => blockOf(index) * BLOCK_RECORDS;

/**
 * The records of a chunk, each behind the zero byte that its leaf hash is taken with (canonical JSON has none of its own).
 * Undefined when the bytes do not begin with one.
 */
export function splitChunk(chunk: Uint8Array): Buffer[] | undefined {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  if (bytes[0] !== 0) return undefined;
  const records: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0, from + 1);
    const to = end < 0 ? bytes.length : end;
    records.push(bytes.subarray(from, to));
    from = to;
  }
  return records;
}

/** The index of a block: for each term, in the order of the terms, the places of the records that have it. */
export function postingsOf(records: readonly TermValues[], firstPlace: number): [string, Uint8Array][] {
  const found: [string, Uint8Array][] = [];
  for (const [column, member] of TERM_MEMBERS.entries()) {
    const places = new Map<string, number[]>();
    for (const [at, values] of records.entries()) {
      const value = values[column];
      if (value === undefined) continue;
      const known = places.get(value);
      if (known === undefined) places.set(value, [firstPlace + at]);
      else known.push(firstPlace + at);
    }
    for (const [value, list] of places) found.push([termOf(member, value), Uint8Array.from(list)]);
  }
  // In the order of the table, so that neighbours are written into the same page.
  return found.sort(([left], [right]) => (left < right ? -1 : 1));
}
