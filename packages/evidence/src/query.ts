/** Finds the indices of records by the index over whole blocks and, after them, by the tail in memory. */

import type { LedgerError, RecordQuery } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { BLOCK_RECORDS, blockOf } from './block.js';
import { bytesOf } from './cell.js';
import { TERM_MEMBERS, type TermMember, termOf } from './envelope.js';
import { unavailable } from './errors.js';
import type { Store } from './store.js';
import { type Tail, tailStart } from './tail.js';

/** A query without its page. */
export type Filter = Omit<RecordQuery, 'after' | 'order' | 'limit'>;
/** One member that must have one value. */
interface Term {
  readonly member: TermMember;
  readonly value: string;
  readonly text: string;
}
/** A query in the words of the index. All of `terms` and one of `types` must hold. */
export interface Search {
  readonly terms: readonly Term[];
  readonly types: readonly string[] | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
}
/** Which of the records that match. */
export interface Page {
  readonly newest: boolean;
  readonly after: number | undefined;
  readonly limit: number;
}

const PAGE_LIMIT = 1000;
/** Blocks whose index rows are read at once. */
const STEP_BLOCKS = 128;
/** Most telling first: the first of these in a query leads the walk. */
const KEYS = ['execution', 'approval', 'plan', 'digest', 'run', 'target', 'operation', 'subject', 'policy'] as const;

/** The page that is asked for, within bounds. */
export function pageOf({ order, after, limit }: RecordQuery): Page {
  return {
    newest: order === 'newest_first',
    after,
    limit: Math.max(0, Math.min(PAGE_LIMIT, Math.floor(limit) || 0)),
  };
}

/** What a query asks for. Err kinds: `unavailable`, for a time that is none. */
export function searchOf(query: Filter): Result<Search, LedgerError> {
  const [since, until] = [query.since, query.until].map((time) => (time === undefined ? undefined : new Date(time)));
  if (Number.isNaN(since?.getTime()) || Number.isNaN(until?.getTime())) {
    return err(unavailable('since and until are ISO 8601 times'));
  }
  const terms = KEYS.flatMap((member): Term[] => {
    const value = query[member];
    return value === undefined ? [] : [{ member, value, text: termOf(member, value) }];
  });
  const types = query.types === undefined ? undefined : [...new Set(query.types)];
  // As the ledger writes times, so that comparing text compares times.
  return ok({ terms, types, since: since?.toISOString(), until: until?.toISOString() });
}

/** The indices of a page, in its order; `once` is looked up by whoever has it. Throws SQLite's errors. */
export function findIndices(store: Store, search: Search, page: Page): number[] {
  if (page.limit === 0 || search.types?.length === 0) return [];
  const tail = store.tail();
  const parts = page.newest ? [inTail, inBlocks] : [inBlocks, inTail];
  const found: number[] = [];
  for (const part of parts) {
    if (found.length < page.limit)
      found.push(...part(store, tail, search, { ...page, limit: page.limit - found.length }));
  }
  return found;
}

/** How many records match. Throws SQLite's errors. */
export function countMatches(store: Store, search: Search): number {
  if (search.types?.length === 0) return 0;
  const all = { newest: false, after: undefined, limit: Number.POSITIVE_INFINITY };
  const tail = store.tail();
  let count = inTail(store, tail, search, all).length;
  const only = onlyTerm(search);
  if (only !== undefined) {
    const sql = 'SELECT sum(length(places)) AS count FROM term WHERE term = ? AND block < ?';
    return count + Number(store.statement(sql).get(only, blockOf(tailStart(tail)))?.count ?? 0);
  }
  for (const places of walks(store, tail, search, all)) count += places.length;
  return count;
}

/** The one term that a search is for, when that is all it asks. */
function onlyTerm({ terms, types = [], since, until }: Search): string | undefined {
  if (since !== undefined || until !== undefined || terms.length + types.length !== 1) return undefined;
  return terms[0]?.text ?? termOf('type', types[0] ?? '');
}

function inTail(_: Store, tail: Tail, { terms, types, since = '', until }: Search, page: Page): number[] {
  const start = tailStart(tail);
  const found: number[] = [];
  for (const [at, record] of tail.records.entries()) {
    if (record.recordedAt < since || (until !== undefined && record.recordedAt >= until)) continue;
    if (!terms.every(({ member, value }) => record.terms[TERM_MEMBERS.indexOf(member)] === value)) continue;
    if (types !== undefined && !types.includes(record.terms[0] ?? '')) continue;
    found.push(start + at);
  }
  return pageFrom(found, page);
}

/** `indices` ascending, cut to the page. */
function pageFrom(indices: readonly number[], { newest, after, limit }: Page): number[] {
  const beyond = after === undefined ? indices : indices.filter((index) => (newest ? index < after : index > after));
  return (newest ? beyond.toReversed() : [...beyond]).slice(0, limit);
}

function inBlocks(store: Store, tail: Tail, search: Search, page: Page): number[] {
  const found: number[] = [];
  for (const indices of walks(store, tail, search, page)) {
    found.push(...pageFrom(indices, page));
    if (found.length >= page.limit) break;
  }
  return found.slice(0, page.limit);
}

/** The matching indices of one block after the other, ascending in each. */
function* walks(store: Store, tail: Tail, search: Search, page: Page): Generator<number[]> {
  const range = blockRange(store, tail, search, page);
  if (range === undefined) return;
  // The records of the first block that are in the epoch before.
  const first = store.base().frontier.size;
  const lead = search.terms[0]?.text;
  for (const [block, places] of lead === undefined ? leadByTypes(store, search, range) : leadBy(store, lead, range)) {
    const matching = search.terms
      .slice(lead === undefined ? 0 : 1)
      .reduce(
        (left, term) => (left.length === 0 ? left : intersect(left, placesOf(store, term.text, block))),
        lead === undefined || search.types === undefined
          ? places
          : intersect(places, typePlaces(store, search.types, block)),
      );
    const indices = [...matching].map((place) => block * BLOCK_RECORDS + place).filter((index) => index >= first);
    const timed = inTime(store, search, block, indices);
    if (timed.length > 0) yield timed;
  }
}

interface Range {
  readonly from: number;
  /** Not in it. */
  readonly to: number;
  readonly newest: boolean;
}

/** The blocks that may hold what is asked for; undefined when none can. */
function blockRange(
  store: Store,
  tail: Tail,
  { since = '', until }: Search,
  { newest, after }: Page,
): Range | undefined {
  let [from, to] = [blockOf(store.base().frontier.size), blockOf(tailStart(tail))];
  if (since !== '' || until !== undefined) {
    const row = store
      .statement('SELECT min(number) AS least, max(number) AS most FROM block WHERE latest >= ? AND earliest < ?')
      .get(since, until ?? AFTER_ALL_TIMES);
    if (row?.least === null || row === undefined) return undefined;
    [from, to] = [Math.max(from, Number(row.least)), Math.min(to, Number(row.most) + 1)];
  }
  if (after !== undefined && newest) to = Math.min(to, blockOf(Math.max(0, after)) + 1);
  if (after !== undefined && !newest) from = Math.max(from, blockOf(Math.max(0, after)));
  return from < to ? { from, to, newest } : undefined;
}

/** Sorts behind every time: times begin with a digit or a sign. */
const AFTER_ALL_TIMES = '~';

function* leadBy(store: Store, term: string, range: Range): Generator<[number, Uint8Array]> {
  const order = range.newest ? 'DESC' : 'ASC';
  const step = store.statement(
    `SELECT block, places FROM term WHERE term = ? AND block >= ? AND block < ? ORDER BY block ${order} LIMIT ${STEP_BLOCKS}`,
  );
  for (let { from, to } = range; from < to; ) {
    const rows = step.all(term, from, to);
    for (const { block, places } of rows) yield [Number(block), bytesOf(places)];
    const last = rows.at(-1)?.block;
    if (rows.length < STEP_BLOCKS || last === undefined) return;
    if (range.newest) to = Number(last);
    else from = Number(last) + 1;
  }
}

/** Every block that has one of the types, or every block there is. */
function* leadByTypes(store: Store, { types }: Search, { from, to, newest }: Range): Generator<[number, Uint8Array]> {
  const blocks = types === undefined ? undefined : blocksOfTypes(store, types, from, to);
  const count = blocks?.length ?? to - from;
  for (let at = 0; at < count; at += 1) {
    const place = newest ? count - 1 - at : at;
    const block = blocks === undefined ? from + place : (blocks[place] ?? 0);
    yield [block, types === undefined ? EVERY : typePlaces(store, types, block)];
  }
}

function blocksOfTypes(store: Store, types: readonly string[], from: number, to: number): number[] {
  const search = store.statement('SELECT block FROM term WHERE term = ? AND block >= ? AND block < ?');
  const blocks = new Set(
    types.flatMap((type) => search.all(termOf('type', type), from, to).map(({ block }) => Number(block))),
  );
  return [...blocks].sort((left, right) => left - right);
}

function placesOf(store: Store, term: string, block: number): Uint8Array {
  return bytesOf(store.statement('SELECT places FROM term WHERE term = ? AND block = ?').get(term, block)?.places);
}

function typePlaces(store: Store, types: readonly string[], block: number): Uint8Array {
  const lists = types.map((type) => placesOf(store, termOf('type', type), block)).filter((places) => places.length > 0);
  return lists.length === 1 ? (lists[0] ?? NONE) : Uint8Array.from(lists.flatMap((places) => [...places])).sort();
}

const NONE = new Uint8Array();
const EVERY = Uint8Array.from({ length: BLOCK_RECORDS }, (_, place) => place);

function intersect(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.filter((place) => right.includes(place));
}

/** Those of a block's indices whose chunk was written in time. */
function inTime(store: Store, { since = '', until }: Search, block: number, indices: number[]): number[] {
  if (since === '' && until === undefined) return indices;
  const span = store.statement('SELECT earliest, latest FROM block WHERE number = ?').get(block);
  const end = until ?? AFTER_ALL_TIMES;
  if (span !== undefined && String(span.earliest) >= since && String(span.latest) < end) return indices;
  const chunks = store
    .statement('SELECT first, recorded_at FROM chunk WHERE first >= ? AND first < ? ORDER BY first')
    .all(block * BLOCK_RECORDS, (block + 1) * BLOCK_RECORDS);
  return indices.filter((index) => {
    const time = String(chunks.findLast(({ first }) => Number(first) <= index)?.recorded_at ?? '');
    return time >= since && time < end;
  });
}
