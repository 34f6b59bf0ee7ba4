/** The port to the evidence ledger: the only truth that is stored. */

import type { ResultAsync } from 'neverthrow';
import type { JsonValue } from './json.js';

/** Everything the ledger may hold, by who writes it: engine, approval desk, composition root, ledger itself. */
export const RECORD_TYPES = [
  'policy.loaded',
  'policy.reload_failed',
  'plan.created',
  'decision.made',
  'approval.requested',
  'approval.granted',
  'approval.denied',
  'approval.withdrawn',
  'approval.expired',
  'approval.consumed',
  'approval.revoked',
  'approver.added',
  'approver.removed',
  'execution.intended',
  'execution.finished',
  'execution.settled',
  'observation.recorded',
  'alert.opened',
  'alert.closed',
  'alert.acknowledged',
  'freeze.set',
  'freeze.cleared',
  'lease.opened',
  'lease.renewed',
  'lease.closed',
  'notification.failed',
  'ledger.created',
  'ledger.continued',
  'ledger.recovered',
  'ledger.imported',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** Every field but `body` and `blobs` is indexed. Bodies are snake_case JSON. */
export interface NewRecord {
  readonly type: RecordType;
  readonly run?: string;
  readonly execution?: string;
  readonly plan?: string;
  readonly approval?: string;
  /** A plan's digest, 64 hex digits. */
  readonly digest?: string;
  /** `<type>:<id>`, as `agent:codex`. */
  readonly subject?: string;
  readonly target?: string;
  readonly operation?: string;
  /** The digest of the policy that decided. */
  readonly policy?: string;
  /** A key that may be stored once, ever: how a thing happens at most once. */
  readonly once?: string;
  readonly body: JsonValue;
  /** Large outputs, kept beside the ledger by content digest; the record holds `{name: {sha256, size}}`. */
  readonly blobs?: Readonly<Record<string, Uint8Array>>;
}
export interface BlobReference {
  readonly sha256: string;
  readonly size: number;
}
/** A record as it is kept. `recordedAt` is ISO 8601 UTC with milliseconds; `writer` names the process that wrote it. */
export interface StoredRecord extends Omit<NewRecord, 'blobs'> {
  readonly index: number;
  readonly recordedAt: string;
  readonly writer: string;
  readonly blobs?: Readonly<Record<string, BlobReference>>;
}
/** Proof of an append: the record's index and its RFC 6962 leaf hash (hex). */
export interface Receipt {
  readonly index: number;
  readonly leaf: string;
}
export interface LedgerError {
  readonly kind: 'already_recorded' | 'overtaken' | 'unavailable';
  readonly message: string;
  /** Which key, for `already_recorded`. */
  readonly once?: string;
  readonly cause?: unknown;
}
export interface RecordQuery
  extends Partial<
    Pick<
      NewRecord,
      'run' | 'execution' | 'plan' | 'approval' | 'digest' | 'subject' | 'target' | 'operation' | 'policy' | 'once'
    >
  > {
  readonly types?: readonly RecordType[];
  /** Records at or after this time (ISO 8601 UTC). */
  readonly since?: string;
  /** Records before this time. */
  readonly until?: string;
  /** Page on: records with a greater (or, newest first, smaller) index. */
  readonly after?: number;
  readonly order?: 'oldest_first' | 'newest_first';
  readonly limit: number;
}
/** Fails the append with `overtaken` when such a record was stored at or after that index: what a decision was made on still holds when the intent is written. */
export interface Unless {
  readonly types: readonly RecordType[];
  /** The ledger's size when the state was read. */
  readonly from: number;
}
/** The tree head: number of records and RFC 6962 root (hex). */
export interface Head {
  readonly size: number;
  readonly root: string;
}
/** What `verify` found; an empty list of defects over `size` records is the good answer. */
export interface Verification {
  readonly size: number;
  readonly root: string;
  readonly heads: number;
  readonly defects: readonly Defect[];
  /** Records `from` up to, not including, `to` are in files that were moved or removed, all before the epoch `before`: they were not checked. */
  readonly absent?: readonly { readonly from: number; readonly to: number; readonly before: number }[];
  /** Heads kept elsewhere that could not be compared, because they lie among the absent records. */
  readonly unchecked?: number;
}
export interface Defect {
  readonly kind:
    | 'bad_leaf'
    | 'missing'
    | 'out_of_order'
    | 'bad_root'
    | 'bad_signature'
    | 'head_rollback'
    | 'forked_head'
    | 'truncated'
    | 'unknown_key'
    | 'bad_blob'
    | 'unreadable';
  /** The record (or head size) it concerns. */
  readonly index?: number;
  readonly message: string;
}

export interface Ledger {
  /** Names this ledger for ever; part of what an approver signs, so that a yes for one ledger is none for another. */
  readonly id: string;
  /** All or nothing, in order, durable when it resolves. A `once` key that is already stored, or an `unless` that is true, fails the whole call and stores nothing. Err kinds: `already_recorded`, `overtaken`, `unavailable`. */
  append(records: readonly NewRecord[], unless?: Unless): ResultAsync<readonly Receipt[], LedgerError>;
  /** A bounded page. Err kinds: `unavailable`. */
  find(query: RecordQuery): ResultAsync<readonly StoredRecord[], LedgerError>;
  count(query: Omit<RecordQuery, 'after' | 'order' | 'limit'>): ResultAsync<number, LedgerError>;
  /** Number of records acknowledged so far, in any process. */
  size(): ResultAsync<number, LedgerError>;
  head(): ResultAsync<Head, LedgerError>;
  /** Reads everything back and checks it. Err kinds: `unavailable` (a defect is an answer, not an error). */
  verify(): ResultAsync<Verification, LedgerError>;
}
