/** Commits one group of appends as one transaction: some callers are refused, the rest are stored, all or nothing on disk. */

import { hash } from 'node:crypto';
import type { LedgerError, Receipt, Unless } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { copyFrontier, type Frontier, packPeaks, pushLeaf, toHex } from './merkle.js';
import { type Draft, framedBytes } from './record.js';
import { INSERT_RECORD, type Store } from './store.js';

/** What one caller wants stored. */
export interface Entry {
  readonly drafts: readonly Draft[];
  readonly unless: Unless | undefined;
}
export type Verdict = Result<readonly Receipt[], LedgerError>;
export interface GroupRequest {
  readonly entries: readonly Entry[];
  /** ISO 8601 UTC with milliseconds. */
  readonly recordedAt: string;
  /** Sign a head even though no multiple of the interval was passed. */
  readonly wantsHead: boolean;
}
export interface GroupOutcome {
  readonly verdicts: readonly Verdict[];
  readonly size: number;
  /** Whether records are there that no head covers. */
  readonly uncovered: boolean;
}

/** A head is signed at least once in this many records. */
export const HEAD_INTERVAL_RECORDS = 256;

/** Runs inside a transaction that the caller has begun and will commit. Throws SQLite's errors. */
export function storeGroup(store: Store, { entries, recordedAt, wantsHead }: GroupRequest): GroupOutcome {
  const before = store.frontier();
  const frontier = copyFrontier(before);
  const verdicts = entries.map((entry): Verdict => {
    const refusal = refusalOf(store, entry);
    return refusal === undefined
      ? ok(entry.drafts.map((draft) => insert(store, frontier, draft, recordedAt)))
      : err(refusal);
  });
  if (frontier.size > before.size) {
    store.statement('UPDATE tree SET size = ?, peaks = ? WHERE id = 0').run(frontier.size, packPeaks(frontier));
  }
  return { verdicts, size: frontier.size, uncovered: keepHeadIfDue(store, before.size, frontier, wantsHead) };
}

function keepHeadIfDue(store: Store, before: number, frontier: Frontier, wantsHead: boolean): boolean {
  const passed = Math.floor(before / HEAD_INTERVAL_RECORDS) !== Math.floor(frontier.size / HEAD_INTERVAL_RECORDS);
  if (!passed && !wantsHead) return frontier.size > before;
  if (store.lastHeadSize() < frontier.size) store.keepHead(frontier);
  return false;
}

function refusalOf(store: Store, { drafts, unless }: Entry): LedgerError | undefined {
  if (unless !== undefined && isOvertaken(store, unless)) {
    return { kind: 'overtaken', message: 'a record that changes the decision was stored meanwhile' };
  }
  const own = new Set<string>();
  for (const { once } of drafts) {
    if (once === undefined) continue;
    if (own.has(once) || store.statement('SELECT 1 AS found FROM record WHERE once = ?').get(once) !== undefined) {
      return { kind: 'already_recorded', message: 'this key was recorded before', once };
    }
    own.add(once);
  }
  return undefined;
}

function isOvertaken(store: Store, { types, from }: Unless): boolean {
  const search = store.statement('SELECT 1 AS found FROM record WHERE type = ? AND idx >= ? LIMIT 1');
  return types.some((type) => search.get(type, from) !== undefined);
}

function insert(store: Store, frontier: Frontier, draft: Draft, recordedAt: string): Receipt {
  const index = frontier.size;
  const framed = framedBytes(draft, index, recordedAt);
  const leaf = hash('sha256', framed, 'buffer');
  store.statement(INSERT_RECORD).run(index, leaf, framed.subarray(1), recordedAt, ...draft.columns);
  pushLeaf(frontier, leaf);
  return { index, leaf: toHex(leaf) };
}
