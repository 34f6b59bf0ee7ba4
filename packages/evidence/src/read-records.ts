/** Reads records by query: indices first, then their bytes, and each must be what it was found as. */

import type { RecordQuery, StoredRecord } from '@meshclaw/core';
import { splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { findIndices, type Page, type Search } from './query.js';
import { readRecord } from './record.js';
import type { Store } from './store.js';

/** A page of records. Throws SQLite's errors, and on a record that is not what the index says. */
export function readRecords(store: Store, query: RecordQuery, search: Search, page: Page): StoredRecord[] {
  const records = recordsAt(store, indicesOf(store, query, search, page));
  if (records.every((record) => answers(record, query))) return records;
  throw new Error('the index does not say what the records say');
}

/** How many match, when a key that is stored once narrows the search to one record. Throws as {@link readRecords}. */
export function countOnce(store: Store, query: Omit<RecordQuery, 'limit'>, search: Search): number {
  return indicesOf(store, { ...query, limit: 1 }, search, ONE).length;
}

const ONE: Page = { newest: false, after: undefined, limit: 1 };

function indicesOf(store: Store, query: RecordQuery, search: Search, page: Page): number[] {
  if (query.once === undefined) return findIndices(store, search, page);
  // The tail first: a record that another process has just stored is part of what is read below.
  store.tail();
  const index = store.statement('SELECT idx FROM once WHERE key = ?').get(query.once)?.idx;
  // A key that was taken over from an epoch before stands for no record here.
  if (index === undefined || Number(index) < store.base().frontier.size || page.limit === 0) return [];
  const indices = [Number(index)].filter((at) => {
    const isOn = page.after === undefined || (page.newest ? at < page.after : at > page.after);
    return isOn && recordsAt(store, [at]).every((record) => answers(record, query));
  });
  return indices;
}

/** The records at those indices, in that order. Throws when one is not there. */
export function recordsAt(store: Store, indices: readonly number[]): StoredRecord[] {
  const read = framedReader(store);
  return indices.map((index) => {
    const record = readRecord(read(index));
    if (record.index !== index) throw new Error('a record states another index than it has');
    return record;
  });
}

/** Reads a record's bytes behind their zero byte; neighbours are read once. Throws when it is not there. */
export function framedReader(store: Store): (index: number) => Buffer {
  let first = 0;
  let records: Buffer[] = [];
  return (index) => {
    if (index < first || index >= first + records.length) {
      const row = store
        .statement('SELECT first, bytes FROM chunk WHERE first <= ? ORDER BY first DESC LIMIT 1')
        .get(index);
      first = Number(row?.first ?? 0);
      records = splitChunk(bytesOf(row?.bytes)) ?? [];
    }
    const framed = records[index - first];
    if (framed === undefined) throw new Error('a record is absent');
    return framed;
  };
}

/** Whether a record is one that the query asks for, whatever its page. */
export function answers(record: StoredRecord, query: Omit<RecordQuery, 'limit'>): boolean {
  const { run, execution, plan, approval, digest, subject, target, operation, policy, once, types, since, until } =
    query;
  const named = { run, execution, plan, approval, digest, subject, target, operation, policy, once };
  const time = Date.parse(record.recordedAt);
  return (
    Object.entries(named).every(([key, value]) => value === undefined || record[key as keyof typeof named] === value) &&
    (types === undefined || types.includes(record.type)) &&
    (since === undefined || time >= Date.parse(since)) &&
    (until === undefined || time < Date.parse(until))
  );
}
