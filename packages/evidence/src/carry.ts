/** Chooses what an epoch brings along from the one that was closed: whatever an answer of tomorrow may still depend on. */

import type { RecordQuery, RecordType, StoredRecord } from '@meshclaw/core';
import { BLOCK_RECORDS } from './block.js';
import { carriedRecords } from './carried.js';
import { findInChain } from './chain.js';
import { TERM_MEMBERS } from './envelope.js';
import type { Closing } from './epoch.js';
import { pageOf, searchOf } from './query.js';
import type { Store } from './store.js';

/** What is brought along. Records in the order of their indices. */
export interface Carried {
  readonly records: readonly StoredRecord[];
  readonly once: Readonly<Record<string, number>>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Plans, approvals and denials hold for 24 hours at most; the rest is room for clocks that differ. */
const APPROVAL_DAYS = 2;
/** Keys of things that are over long before: what they guard against cannot happen any more. All other keys stay taken for ever. */
const EXPIRING_KEYS = ['approval:', 'plan:', 'turn:'];
const KEY_DAYS = 30;
/** And so many are kept whatever the clock says: one that jumped ahead ends nothing. */
const NEWEST_KEYS = 1000;
/** As many as are looked through for unfinished ones. */
const INTENTS = 1000;
/** Policy counts what ran in the last hour; twice that, for clocks. */
const COUNTED_MS = 2 * HOUR_MS;
/** Facts of a target are folded from so many of its newest observations. */
const OBSERVATIONS = 50;
/** Of leases and alerts. */
const NEWEST = 1000;

const APPROVALS: readonly RecordType[] = [
  'plan.created',
  'approval.requested',
  'approval.granted',
  'approval.denied',
  'approval.withdrawn',
  'approval.expired',
  'approval.consumed',
  'approval.revoked',
];
const LEASES: readonly RecordType[] = ['lease.opened', 'lease.renewed', 'lease.closed'];
const ALERTS: readonly RecordType[] = ['alert.opened', 'alert.closed', 'alert.acknowledged'];
const ENDS: readonly RecordType[] = ['execution.finished', 'execution.settled'];

/** The same for everybody who asks about the same files: two processes that begin the epoch at once write the same bytes. Throws SQLite's errors. */
export function chooseCarried(store: Store, { at }: Closing): Carried {
  const find = finder(store);
  const ago = (ms: number): string => new Date(Date.parse(at) - ms).toISOString();
  const targets = targetsOf(store);
  const chosen = [
    ...find.all({ types: ['approver.added', 'approver.removed'] }),
    ...find.newest({ types: ['freeze.set', 'freeze.cleared'] }, 1),
    ...find.newest({ types: ['policy.loaded'] }, 1),
    ...find.all({ types: APPROVALS, since: ago(APPROVAL_DAYS * DAY_MS) }),
    ...find.newest({ types: LEASES }, NEWEST),
    ...find.newest({ types: ALERTS }, NEWEST),
    ...targets.flatMap((target) =>
      find.newest({ types: ['observation.recorded'], target, since: ago(DAY_MS) }, OBSERVATIONS),
    ),
    ...intents(find, targets, ago(COUNTED_MS)),
  ];
  const records = [...new Map(chosen.map((record) => [record.index, record])).values()];
  return {
    records: records.sort((left, right) => left.index - right.index),
    once: keysOf(store, ago(KEY_DAYS * DAY_MS)),
  };
}

interface Finder {
  all(query: Query): StoredRecord[];
  newest(query: Query, most: number): StoredRecord[];
}
type Query = Omit<RecordQuery, 'limit' | 'order' | 'after'>;

function finder(store: Store): Finder {
  const page = (query: RecordQuery): StoredRecord[] =>
    searchOf(query).match(
      (search) => findInChain(store, query, search, pageOf(query)),
      (error) => {
        throw new Error(error.message);
      },
    );
  return {
    all(query) {
      const found: StoredRecord[] = [];
      for (let after: number | undefined; ; after = found.at(-1)?.index) {
        const next = page({ ...query, ...(after === undefined ? {} : { after }), limit: INTENTS });
        found.push(...next);
        if (next.length < INTENTS) return found;
      }
    },
    newest: (query, limit) => page({ ...query, order: 'newest_first', limit }),
  };
}

/** Executions that nobody knows the end of, those that are counted, and the last one of each target, each with what ended it. */
function intents(find: Finder, targets: readonly string[], counted: string): StoredRecord[] {
  const types: readonly RecordType[] = ['execution.intended'];
  const last = targets.flatMap((target) => find.newest({ types, target }, 1));
  const recent = find.all({ types, since: counted });
  const endsOf = ({ execution }: StoredRecord) => (execution === undefined ? [] : find.all({ execution, types: ENDS }));
  const open = find.newest({ types }, INTENTS).filter((intent) => !endsOf(intent).some(isKnownEnd));
  return [...last, ...recent, ...open].flatMap((intent) => [intent, ...endsOf(intent)]);
}

/** An outcome that is unknown has still to be settled by a person. */
function isKnownEnd({ type, body }: StoredRecord): boolean {
  const outcome = (body as { readonly outcome?: { readonly kind?: unknown } } | null)?.outcome?.kind;
  return type === 'execution.settled' || (typeof outcome === 'string' && outcome !== 'unknown');
}

/** The names that records of this file, or what it brought along itself, are about. */
function targetsOf(store: Store): readonly string[] {
  const indexed = store.statement("SELECT DISTINCT term FROM term WHERE term >= 'target=' AND term < 'target>'").all();
  const inTail = store.tail().records.flatMap(({ terms }) => terms[TERM_MEMBERS.indexOf('target')] ?? []);
  const brought = carriedRecords(store);
  const names = [
    ...indexed.map(({ term }) => String(term).slice('target='.length)),
    ...inTail,
    ...brought.flatMap(({ target }) => target ?? []),
  ];
  return [...new Set(names)].sort();
}

function keysOf(store: Store, since: string): Readonly<Record<string, number>> {
  const began = store.statement('SELECT recorded_at FROM chunk ORDER BY first LIMIT 1').get()?.recorded_at;
  const block = store.statement('SELECT min(number) AS number FROM block WHERE latest >= ?').get(since)?.number;
  const later =
    typeof block === 'number' ? block * BLOCK_RECORDS : store.tail().frontier.size - store.tail().records.length;
  // Of keys that this file took over itself it is not known how old they are.
  const old = String(began) >= since ? 0 : later;
  const newest = store.statement('SELECT idx FROM once ORDER BY idx DESC LIMIT 1 OFFSET ?').get(NEWEST_KEYS - 1)?.idx;
  const from = Math.min(old, Number(newest ?? 0));
  const expiring = EXPIRING_KEYS.map((prefix) => `key GLOB '${prefix}*'`).join(' OR ');
  const rows = store.statement(`SELECT key, idx FROM once WHERE idx >= ? OR NOT (${expiring}) ORDER BY key`).all(from);
  return Object.fromEntries(rows.map(({ key, idx }) => [String(key), Number(idx)]));
}
