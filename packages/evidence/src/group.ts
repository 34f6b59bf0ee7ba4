/** Commits one group of appends as one transaction: some callers are refused, the rest are stored, all or nothing on disk. */

import type { LedgerError, Receipt, Unless } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { BLOCK_RECORDS, blockOf, blockStart, CHUNK_BYTES, postingsOf, splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { type TermValues, termOf } from './envelope.js';
import { hashFramed, packPeaks, toHex } from './merkle.js';
import { findIndices } from './query.js';
import { type Draft, framedText } from './record.js';
import type { Store } from './store.js';
import { pushRecord, type Tail, tailStart } from './tail.js';

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
  /** The head that was signed with this group, to be handed on once it is durable. */
  readonly signed: string | undefined;
}

/** Runs inside a transaction that the caller has begun and will commit; when it does not, the store must forget. Throws SQLite's errors. */
export function storeGroup(store: Store, { entries, recordedAt, wantsHead }: GroupRequest): GroupOutcome {
  const tail = store.tail();
  const before = tail.frontier.size;
  const chunks = createChunks(store, tail, recordedAt);
  const accepted = entries.map((entry) => {
    const refusal = refusalOf(store, entry, (unless) => isOvertaken(store, tail, unless, chunks.pending()));
    return refusal === undefined ? ok(entry.drafts.map(chunks.add)) : err(refusal);
  });
  chunks.flush();
  const verdicts = accepted.map((indices) => indices.map((those) => those.map(chunks.receipt)));
  return { verdicts, size: tail.frontier.size, ...keepHeadIfDue(store, before, tail, wantsHead) };
}

/** A head is signed at least once in a block. */
function keepHeadIfDue(store: Store, before: number, { frontier }: Tail, wantsHead: boolean) {
  const passed = blockOf(before) !== blockOf(frontier.size);
  if (!passed && !wantsHead) return { uncovered: frontier.size > before, signed: undefined };
  const signed = store.lastHeadSize() < frontier.size ? store.keepHead(frontier) : undefined;
  return { uncovered: false, signed };
}

const NO_TERMS: TermValues = [];

/** Collects records into chunks that end where their block does. */
function createChunks(store: Store, tail: Tail, recordedAt: string) {
  const start = tail.frontier.size;
  const leaves: Uint8Array[] = [];
  let pending: Draft[] = [];
  let text = '';

  function flush(): void {
    if (pending.length === 0) return;
    const first = tail.frontier.size;
    const bytes = Buffer.from(text);
    store.statement('INSERT INTO chunk (first, recorded_at, bytes) VALUES (?, ?, ?)').run(first, recordedAt, bytes);
    for (const [at, framed] of (splitChunk(bytes) ?? []).entries()) {
      const leaf = hashFramed(framed);
      leaves.push(leaf);
      pushRecord(tail, leaf, { recordedAt, terms: pending[at]?.terms ?? NO_TERMS });
    }
    tail.lastChunk = first;
    [pending, text] = [[], ''];
    if (tail.frontier.size % BLOCK_RECORDS === 0) keepBlock(store, tail);
  }

  return {
    add(draft: Draft): number {
      const index = tail.frontier.size + pending.length;
      if (draft.once !== undefined) {
        store.statement('INSERT INTO once (key, idx) VALUES (?, ?)').run(draft.once, index);
      }
      pending.push(draft);
      text += framedText(draft, index, recordedAt);
      if ((index + 1) % BLOCK_RECORDS === 0 || text.length >= CHUNK_BYTES) flush();
      return index;
    },
    flush,
    pending: (): readonly Draft[] => pending,
    receipt: (index: number): Receipt => ({ index, leaf: toHex(leaves[index - start] ?? new Uint8Array()) }),
  };
}

/** Writes what is known of a block that is whole now, and begins the next. */
function keepBlock(store: Store, tail: Tail): void {
  const start = tailStart(tail);
  const number = blockOf(start);
  const terms = tail.records.map((record) => record.terms);
  const insert = store.statement('INSERT INTO term (term, block, places) VALUES (?, ?, ?)');
  for (const [term, places] of postingsOf(terms, start - blockStart(start))) insert.run(term, number, places);
  const times = tail.records.map(({ recordedAt }) => recordedAt).sort();
  store
    .statement('INSERT INTO block (number, root, peaks, earliest, latest) VALUES (?, ?, ?, ?, ?)')
    .run(number, tail.blockRoot ?? new Uint8Array(), packPeaks(tail.frontier), times[0] ?? '', times.at(-1) ?? '');
  tail.records = [];
}

function refusalOf(
  store: Store,
  { drafts, unless }: Entry,
  overtaken: (unless: Unless) => boolean,
): LedgerError | undefined {
  if (unless !== undefined && overtaken(unless)) {
    return { kind: 'overtaken', message: 'a record that changes the decision was stored meanwhile' };
  }
  const own = new Set<string>();
  for (const { once } of drafts) {
    if (once === undefined) continue;
    if (own.has(once) || store.statement('SELECT 1 AS found FROM once WHERE key = ?').get(once) !== undefined) {
      return { kind: 'already_recorded', message: 'this key was recorded before', once };
    }
    own.add(once);
  }
  return undefined;
}

function isOvertaken(store: Store, tail: Tail, { types, from }: Unless, pending: readonly Draft[]): boolean {
  const isOne = ({ terms: [type] }: { readonly terms: TermValues }) => types.some((one) => one === type);
  const start = tailStart(tail);
  if (pending.some(isOne)) return true;
  if (tail.records.some((record, at) => start + at >= from && isOne(record))) return true;
  if (from < store.base().frontier.size && wasOvertakenBefore(store, types, from)) return true;
  const search = store.statement('SELECT block, places FROM term WHERE term = ? AND block >= ?');
  return types.some((type) =>
    search
      .all(termOf('type', type), blockOf(from))
      .some(({ block, places }) => bytesOf(places).some((place) => Number(block) * BLOCK_RECORDS + place >= from)),
  );
}

/** In an epoch before this one. What is in one that is not here cannot be known, so it counts. */
function wasOvertakenBefore(store: Store, types: Unless['types'], from: number): boolean {
  const search = { terms: [], types, since: undefined, until: undefined };
  return store
    .older()
    .filter(({ to }) => to > from)
    .some(
      (one) =>
        one.kind === 'absent' ||
        findIndices(one.store, search, { newest: false, after: from - 1, limit: 1 }).length > 0,
    );
}
