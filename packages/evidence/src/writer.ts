/** The one writer of a process: callers that arrive together share one durable transaction. */

import type { Clock, LedgerError, Receipt, Unless } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';
import { type Connection, untilFree } from './connection.js';
import { unavailable } from './errors.js';
import { type Entry, type GroupOutcome, storeGroup, type Verdict } from './group.js';
import { type Draft, draftRecord } from './record.js';
import type { ClosedEpoch, Epochs } from './rotate.js';
import { isBusy } from './sqlite-error.js';
import type { Store } from './store.js';

export interface Writer {
  append(drafts: readonly Draft[], unless?: Unless): Promise<Result<readonly Receipt[], LedgerError>>;
  /** Signs a head over everything there is, unless the last one does. */
  signHead(): Promise<Result<void, LedgerError>>;
  /** Closes the epoch behind what was asked before, and goes on in the next. Err kinds: `unavailable`. */
  rotate(): Promise<Result<ClosedEpoch, LedgerError>>;
  /** Waits for what was asked before, signs a last head and stops. */
  stop(): Promise<void>;
}
interface Job {
  readonly drafts: readonly Draft[];
  readonly unless: Unless | undefined;
  readonly wantsHead: boolean;
  settle(verdict: Verdict): void;
}
export interface WriterOptions {
  readonly connection: Connection;
  readonly epochs: Epochs;
  readonly clock: Clock;
  /** Names this process in the records that the ledger adds itself. */
  readonly writerName: string;
  /** How long an append waits for other processes before it answers `unavailable`. */
  readonly waitMs: number;
  /** How long records may stand without a signed head. */
  readonly headEveryMs: number;
  /** Told each head once it is durable; must not throw. */
  readonly onHead?: (note: string) => void;
}

/** A group holds the event loop while it is written: this many records take a few milliseconds. */
const GROUP_RECORDS = 512;

/** A writer over a connection. */
export function createWriter(options: WriterOptions): Writer {
  const { connection, epochs, clock, waitMs, headEveryMs, onHead } = options;
  let queue: Job[] = [];
  let rotations: ((closed: Result<ClosedEpoch, LedgerError>) => void)[] = [];
  let draining: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function enqueue(drafts: readonly Draft[], unless: Unless | undefined, wantsHead: boolean): Promise<Verdict> {
    if (stopped) return Promise.resolve(err(unavailable('the ledger is closed')));
    return new Promise((settle) => {
      queue.push({ drafts, unless, wantsHead, settle });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    while (queue.length + rotations.length > 0) {
      // A turn of the event loop, so that callers of the same moment join this group.
      await new Promise((resolve) => setImmediate(resolve));
      if (queue.length > 0) await writeGroup();
      else await rotate();
    }
    draining = undefined;
  }

  async function rotate(): Promise<void> {
    const asked = rotations;
    rotations = [];
    const closed = await epochs.rotate();
    for (const settle of asked) settle(closed.map(({ epoch, size }) => ({ epoch, size })));
    const signed = closed.unwrapOr(undefined)?.signed;
    if (signed !== undefined) onHead?.(signed);
  }

  async function writeGroup(): Promise<void> {
    const store = await connection.store();
    if (store.isErr()) return refuseAll(take(), store.error);
    const begun = await untilFree(() => (connection.holds(store.value) ? begin(store.value) : 'closed'), waitMs);
    // What waits goes into the next epoch.
    if (begun.isOk() && begun.value === 'closed') return connection.leave(store.value);
    // Only now, so that those who came while waiting for the lock are in.
    const jobs = take();
    if (begun.isErr()) return refuseBegun(jobs, begun.error);
    try {
      const outcome = commit(store.value, connection.recovery.pending ? recovered(options) : [], jobs, clock.now());
      connection.recovery.pending = false;
      for (const [at, job] of jobs.entries()) job.settle(outcome.verdicts[at] ?? unanswered);
      if (outcome.uncovered) armTimer();
      if (outcome.signed === undefined) return;
      onHead?.(outcome.signed);
      // Should it fail, it is due again with the next head, and whoever appends is told why.
      if (epochs.isDue(store.value)) await rotate();
    } catch (cause) {
      connection.poison();
      refuseAll(jobs, unavailable('the append could not be stored', cause));
    }
  }

  function refuseBegun(jobs: readonly Job[], cause: unknown): void {
    if (!isBusy(cause)) connection.poison();
    const message = isBusy(cause) ? 'the ledger is held by other processes' : 'the append could not be stored';
    refuseAll(jobs, unavailable(message, cause));
  }

  function take(): Job[] {
    let records = 0;
    const end = queue.findIndex((job) => {
      records += job.drafts.length;
      return records > GROUP_RECORDS;
    });
    const jobs = queue.slice(0, end < 0 ? queue.length : Math.max(1, end));
    queue = queue.slice(jobs.length);
    return jobs;
  }

  function armTimer(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      // Nobody waits for this head: if it fails the next append meets the same failure and tells its caller.
      void enqueue([], undefined, true);
    }, headEveryMs).unref();
  }

  return {
    append: (drafts, unless) => enqueue(drafts, unless, false),
    rotate: () => {
      if (stopped) return Promise.resolve(err(unavailable('the ledger is closed')));
      return new Promise((settle) => {
        rotations.push(settle);
        draining ??= drain();
      });
    },
    signHead: async () => (await enqueue([], undefined, true)).map(() => undefined),
    stop: async () => {
      if (stopped) return draining;
      const signed = enqueue([], undefined, true);
      stopped = true;
      clearTimeout(timer);
      // What could not be signed now is signed by whoever opens the ledger next.
      (await signed).match(
        () => undefined,
        () => undefined,
      );
      await draining;
    },
  };
}

/** Begins a transaction, unless nothing can be added to this epoch any more. */
function begin({ database, closing }: Store): 'open' | 'closed' {
  database.exec('BEGIN IMMEDIATE');
  if (closing() === undefined) return 'open';
  database.exec('ROLLBACK');
  return 'closed';
}

/** What the ledger stores in front of the jobs is answered to nobody. */
function commit(store: Store, own: readonly Entry[], jobs: readonly Job[], recordedAt: string): GroupOutcome {
  const wantsHead = jobs.some((job) => job.wantsHead);
  const outcome = storeGroup(store, { entries: [...own, ...jobs], recordedAt, wantsHead });
  store.database.exec('COMMIT');
  return { ...outcome, verdicts: outcome.verdicts.slice(own.length) };
}

/** That a write failed, its callers were told so, and the ledger was opened again and its end checked. */
function recovered({ writerName }: WriterOptions): readonly Entry[] {
  const body = { reason: 'a write failed; the ledger was opened again and its end checked' };
  const draft = draftRecord({ type: 'ledger.recovered', body }, writerName, undefined);
  return draft.isErr() ? [] : [{ drafts: [draft.value], unless: undefined }];
}

const unanswered: Verdict = err(unavailable('the append was not answered'));

function refuseAll(jobs: readonly Job[], error: LedgerError): void {
  for (const job of jobs) job.settle(err(error));
}
