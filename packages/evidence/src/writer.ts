/** The one writer of a process: callers that arrive together share one durable transaction. */

import type { Clock, LedgerError, Receipt, Unless } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';
import { type Connection, untilFree } from './connection.js';
import { unavailable } from './errors.js';
import { type GroupOutcome, storeGroup, type Verdict } from './group.js';
import type { Draft } from './record.js';
import { isBusy } from './sqlite-error.js';
import type { Store } from './store.js';

export interface Writer {
  append(drafts: readonly Draft[], unless?: Unless): Promise<Result<readonly Receipt[], LedgerError>>;
  /** Signs a head over everything there is, unless the last one does. */
  signHead(): Promise<Result<void, LedgerError>>;
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
  readonly clock: Clock;
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
export function createWriter({ connection, clock, waitMs, headEveryMs, onHead }: WriterOptions): Writer {
  let queue: Job[] = [];
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
    while (queue.length > 0) {
      // A turn of the event loop, so that callers of the same moment join this group.
      await new Promise((resolve) => setImmediate(resolve));
      await writeGroup();
    }
    draining = undefined;
  }

  async function writeGroup(): Promise<void> {
    const store = await connection.store();
    if (store.isErr()) return refuseAll(take(), store.error);
    const begun = await untilFree(() => store.value.database.exec('BEGIN IMMEDIATE'), waitMs);
    // Only now, so that those who came while waiting for the lock are in.
    const jobs = take();
    if (begun.isErr()) return refuseBegun(jobs, begun.error);
    try {
      const outcome = commit(store.value, jobs, clock.now());
      for (const [at, job] of jobs.entries()) job.settle(outcome.verdicts[at] ?? unanswered);
      if (outcome.uncovered) armTimer();
      if (outcome.signed !== undefined) onHead?.(outcome.signed);
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

function commit(store: Store, jobs: readonly Job[], recordedAt: string): GroupOutcome {
  const outcome = storeGroup(store, { entries: jobs, recordedAt, wantsHead: jobs.some((job) => job.wantsHead) });
  store.database.exec('COMMIT');
  return outcome;
}

const unanswered: Verdict = err(unavailable('the append was not answered'));

function refuseAll(jobs: readonly Job[], error: LedgerError): void {
  for (const job of jobs) job.settle(err(error));
}
