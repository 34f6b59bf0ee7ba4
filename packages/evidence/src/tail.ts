/** The end of a ledger, as a process knows it: the tree's right edge and what the newest, not yet indexed records are found by. */

import { BLOCK_RECORDS, blockStart, splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import type { Statements } from './database.js';
import { readEnvelope, type TermValues, termValues } from './envelope.js';
import type { EpochBase } from './epoch.js';
import { copyFrontier, type Frontier, hashFramed, pushLeaf, unpackPeaks } from './merkle.js';

/** A record since the last whole block: what the index will say of it. */
export interface TailRecord {
  readonly recordedAt: string;
  readonly terms: TermValues;
}
/** Mutable, because every append moves it. */
export interface Tail {
  readonly frontier: Frontier;
  /** Since the start of the block that is not whole; their indices end at the frontier's size. */
  records: TailRecord[];
  /** The first index of the newest chunk. */
  lastChunk: number | undefined;
  /** The root of the block that became whole last. */
  blockRoot: Uint8Array | undefined;
}

/** The index of the first record that no block holds. */
export const tailStart = ({ frontier, records }: Tail): number => frontier.size - records.length;

/** The tail as the file has it now, from what was known of it before. Throws when the records are not those that were there. */
export function caughtUp(statement: Statements, base: EpochBase, known: Tail | undefined): Tail {
  if (known === undefined) return followed(statement, base, blockTail(statement, base));
  // The key alone, so that nothing is read where nothing is new.
  const chunks = statement('SELECT first FROM chunk WHERE first >= ? ORDER BY first LIMIT 2').all(known.lastChunk ?? 0);
  if (known.lastChunk !== undefined && chunks[0]?.first !== known.lastChunk) throw new Error(GONE);
  if (chunks.length <= (known.lastChunk === undefined ? 0 : 1)) return known;
  const last = blockTail(statement, base);
  return followed(statement, base, last.frontier.size > known.frontier.size ? last : known);
}

const GONE = 'records that were there are gone';

function blockTail(statement: Statements, base: EpochBase): Tail {
  const block = lastBlock(statement, base);
  if (block === undefined) throw new Error('the stored tree is damaged');
  return { frontier: block.frontier, records: [], lastChunk: undefined, blockRoot: undefined };
}

/** The tree at the end of the last whole block of this file, or what the file begins on, and the index at which the next one ends; undefined when it is not a tree. */
export function lastBlock(
  statement: Statements,
  base: EpochBase,
): { readonly frontier: Frontier; readonly end: number } | undefined {
  const row = statement('SELECT number, peaks FROM block ORDER BY number DESC LIMIT 1').get();
  if (row === undefined) {
    const frontier = copyFrontier(base.frontier);
    return { frontier, end: blockStart(frontier.size) + BLOCK_RECORDS };
  }
  const size = (Number(row.number) + 1) * BLOCK_RECORDS;
  const frontier = unpackPeaks(size, bytesOf(row.peaks));
  return frontier === undefined ? undefined : { frontier, end: size + BLOCK_RECORDS };
}

function followed(statement: Statements, base: EpochBase, tail: Tail): Tail {
  const rows = statement('SELECT first, recorded_at, bytes FROM chunk WHERE first >= ? ORDER BY first').all(
    tail.frontier.size,
  );
  for (const row of rows) {
    if (row.first !== tail.frontier.size) throw new Error('the records have a gap');
    pushChunk(tail, bytesOf(row.bytes), String(row.recorded_at));
    tail.lastChunk = row.first;
  }
  const { size } = tail.frontier;
  if (tailStart(tail) !== Math.max(blockStart(size), base.frontier.size)) {
    throw new Error('records are not indexed');
  }
  return tail;
}

function pushChunk(tail: Tail, chunk: Uint8Array, recordedAt: string): void {
  for (const framed of splitChunk(chunk) ?? []) {
    const envelope = readEnvelope(framed);
    if (envelope === undefined) throw new Error('the bytes are not a record');
    pushRecord(tail, hashFramed(framed), { recordedAt, terms: termValues(envelope) });
  }
}

/** Adds a record at the end. */
export function pushRecord(tail: Tail, leaf: Uint8Array, record: TailRecord): void {
  tail.blockRoot = pushLeaf(tail.frontier, leaf) ?? tail.blockRoot;
  tail.records.push(record);
}
