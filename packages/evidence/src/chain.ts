/** Reads a ledger over all its epochs: those that are there, and what was taken over of those that are not. */

import type { RecordQuery, StoredRecord } from '@meshclaw/core';
import { countMatches, type Filter, type Page, type Search } from './query.js';
import { answers, countOnce, readRecords } from './read-records.js';
import type { Segment, Store } from './store.js';

/** A page of records, whichever epoch they are in. Throws SQLite's errors, and on a record that is not what the index says. */
export function findInChain(store: Store, query: RecordQuery, search: Search, page: Page): StoredRecord[] {
  const ends = [...store.older(), present(store)];
  const found: StoredRecord[] = [];
  for (const segment of page.newest ? ends.reverse() : ends) {
    const limit = page.limit - found.length;
    if (limit <= 0) break;
    if (isBeyond(segment, page)) continue;
    found.push(
      ...(segment.kind === 'file'
        ? readRecords(segment.store, query, search, { ...page, limit })
        : pageOfCarried(segment.carried, query, { ...page, limit })),
    );
  }
  return found;
}

/** How many records match; of epochs that are absent those that were taken over. Throws as {@link findInChain}. */
export function countInChain(store: Store, query: Filter, search: Search): number {
  return [...store.older(), present(store)].reduce((count, segment) => {
    if (segment.kind === 'absent') return count + segment.carried.filter((one) => answers(one, query)).length;
    const { store: file } = segment;
    return count + (query.once === undefined ? countMatches(file, search) : countOnce(file, query, search));
  }, 0);
}

/** Files without a gap up to the present one, the oldest first: what proofs can be made over. */
export function unbrokenFiles(store: Store): readonly Store[] {
  const older = store.older();
  const gap = older.findLastIndex(({ kind }) => kind === 'absent');
  return [...older.slice(gap + 1).flatMap((one) => (one.kind === 'file' ? [one.store] : [])), store];
}

/** The file among those that holds the record. */
export function fileOf(files: readonly Store[], index: number): Store | undefined {
  return files.findLast((file) => file.base().frontier.size <= index);
}

function present(store: Store): Segment & { readonly kind: 'file' } {
  return { kind: 'file', from: store.base().frontier.size, to: Number.POSITIVE_INFINITY, store };
}

function isBeyond({ from, to }: Segment, { newest, after }: Page): boolean {
  return after !== undefined && (newest ? from >= after : to <= after + 1);
}

function pageOfCarried(carried: readonly StoredRecord[], query: RecordQuery, page: Page): StoredRecord[] {
  const { newest, after, limit } = page;
  const found = carried.filter(
    (one) => answers(one, query) && (after === undefined || (newest ? one.index < after : one.index > after)),
  );
  return (newest ? found.toReversed() : found).slice(0, limit);
}
