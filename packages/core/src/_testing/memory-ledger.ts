/** A ledger in memory: the port's whole behaviour but durability and proofs of it. */

import { errAsync, okAsync } from 'neverthrow';
import { type Clock, systemClock } from '../clock.js';
import { canonicalJson, sha256Hex } from '../digest.js';
import type { JsonValue } from '../json.js';
import type { Ledger, LedgerError, NewRecord, RecordQuery, StoredRecord, Unless } from '../ledger.js';

const MOST_A_PAGE = 1_000;

/** What a test may do to a memory ledger beside the port. */
export interface MemoryLedger extends Ledger {
  /** Everything that was stored, in order. */
  readonly records: readonly StoredRecord[];
  /** From now on each append for which the test says so fails as `unavailable`. */
  failAppends(when: (records: readonly NewRecord[]) => boolean): void;
}

/** An empty ledger that forgets everything with the process. Only for tests. */
export function createMemoryLedger(options: { readonly clock?: Clock; readonly id?: string } = {}): MemoryLedger {
  const clock = options.clock ?? systemClock;
  const stored: StoredRecord[] = [];
  const once = new Set<string>();
  let fails: (records: readonly NewRecord[]) => boolean = () => false;

  const refusal = (records: readonly NewRecord[], unless?: Unless): LedgerError | undefined => {
    if (fails(records)) return { kind: 'unavailable', message: 'the ledger was told to fail' };
    if (unless && stored.slice(unless.from).some((record) => unless.types.includes(record.type))) {
      return { kind: 'overtaken', message: 'a record that changes the decision was stored meanwhile' };
    }
    const keys = records.flatMap((record) => (record.once === undefined ? [] : [record.once]));
    const used = keys.find((key, place) => once.has(key) || keys.indexOf(key) !== place);
    return used === undefined
      ? undefined
      : { kind: 'already_recorded', message: 'this key was recorded before', once: used };
  };

  return {
    id: options.id ?? 'memory',
    records: stored,
    failAppends: (when) => {
      fails = when;
    },
    append: (records, unless) => {
      const refused = refusal(records, unless);
      if (refused) return errAsync(refused);
      const receipts = records.map(({ blobs, ...record }) => {
        const kept = keep(
          { ...record, body: JSON.parse(JSON.stringify(record.body)) as JsonValue },
          stored.length,
          clock.now(),
        );
        stored.push(kept);
        if (record.once !== undefined) once.add(record.once);
        return { index: kept.index, leaf: leafOf(kept) };
      });
      return okAsync(receipts);
    },
    find: (query) => {
      const ordered = query.order === 'newest_first' ? [...stored].reverse() : stored;
      return okAsync(ordered.filter((record) => matches(record, query)).slice(0, Math.min(query.limit, MOST_A_PAGE)));
    },
    count: (query) => okAsync(stored.filter((record) => matches(record, { ...query, limit: 0 })).length),
    size: () => okAsync(stored.length),
    head: () => okAsync({ size: stored.length, root: sha256Hex(stored.map(leafOf).join('')) }),
    verify: () => okAsync({ size: stored.length, root: sha256Hex(stored.map(leafOf).join('')), heads: 0, defects: [] }),
  };
}

const keep = (record: Omit<NewRecord, 'blobs'>, index: number, recordedAt: string): StoredRecord => ({
  ...record,
  index,
  recordedAt,
  writer: 'memory',
});

const leafOf = (record: StoredRecord): string => sha256Hex(canonicalJson(record as unknown as JsonValue));

const FIELDS = [
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

function matches(record: StoredRecord, query: RecordQuery): boolean {
  if (query.types && !query.types.includes(record.type)) return false;
  if (FIELDS.some((field) => query[field] !== undefined && record[field] !== query[field])) return false;
  if (query.since !== undefined && record.recordedAt < query.since) return false;
  if (query.until !== undefined && record.recordedAt >= query.until) return false;
  if (query.after === undefined) return true;
  return query.order === 'newest_first' ? record.index < query.after : record.index > query.after;
}
