/** A connection that heals: after a failed write nothing is believed until it was opened again and its end checked. It follows the ledger into its next epoch. */

import type { LedgerError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unavailable } from './errors.js';
import { isBusy } from './sqlite-error.js';
import type { Store } from './store.js';

export interface Connection {
  /** The store, opened again if the last write failed. Err kinds: `unavailable`. */
  store(): Promise<Result<Store, LedgerError>>;
  /** Runs a read on it, waiting for locks outside the event loop; once more where the epoch was closed meanwhile. Err kinds: `unavailable`. */
  read<T>(read: (store: Store) => T): Promise<Result<T, LedgerError>>;
  /** Whether that is the store that is open now: between asking for it and using it others may have let go of it. */
  holds(store: Store): boolean;
  /** Lets go of a store whose epoch was closed: the next call opens the epoch after it. */
  leave(closed: Store): void;
  /** Whether it was opened again after a failed write, and nothing was stored since that says so. */
  readonly recovery: { pending: boolean };
  /** Drops the connection after a failed write. */
  poison(): void;
  /** From now on every call answers `unavailable`. */
  close(): void;
}

/** Why a store is opened again: another file, or the same one that nothing is believed of. */
export type Reopening = 'next_epoch' | 'after_failure';

/** A connection over a store that is open and checked; `reopen` opens and checks another, or says why not. */
export function createConnection(
  first: Store,
  reopen: (why: Reopening) => Promise<Result<Store, unknown>>,
  waitMs: number,
): Connection {
  let current: Store | undefined = first;
  let opening: Promise<Result<Store, LedgerError>> | undefined;
  let why: Reopening = 'after_failure';
  const recovery = { pending: false };
  let closed = false;

  async function openAgain(): Promise<Result<Store, LedgerError>> {
    const opened = await reopen(why);
    opening = undefined;
    if (opened.isErr()) return err(unavailable('the ledger could not be opened again after a failure', opened.error));
    if (closed) {
      opened.value.close('in_order');
      return err(unavailable('the ledger is closed'));
    }
    if (why === 'after_failure') recovery.pending = true;
    why = 'after_failure';
    current = opened.value;
    return ok(current);
  }

  async function store(): Promise<Result<Store, LedgerError>> {
    if (closed) return err(unavailable('the ledger is closed'));
    if (current !== undefined) return ok(current);
    opening ??= openAgain();
    return opening;
  }

  function leave(done: Store): void {
    if (current !== done) return;
    done.close('in_order');
    [current, why] = [undefined, 'next_epoch'];
  }

  return {
    store,
    read: async <T>(read: (store: Store) => T): Promise<Result<T, LedgerError>> => {
      for (;;) {
        const opened = await store();
        if (opened.isErr()) return err(opened.error);
        const found = opened.value;
        const look = (): { readonly value?: T; readonly isGone: boolean } => {
          // Let go of by somebody else since it was opened.
          if (current !== found) return { isGone: true };
          const value = read(found);
          // Asked after reading: an epoch that is open then was open while it was read.
          return { value, isGone: found.closing() !== undefined };
        };
        const done = await untilFree(look, waitMs);
        if (done.isErr()) return err(unavailable('the ledger could not be read', done.error));
        if (!done.value.isGone) return ok(done.value.value as T);
        leave(found);
      }
    },
    recovery,
    holds: (one) => current === one,
    leave,
    poison: () => {
      current?.close('after_failure');
      current = undefined;
    },
    close: () => {
      closed = true;
      current?.close('in_order');
      current = undefined;
    },
  };
}

/** Longest pause between two tries: long enough to stay off the processor, short against a person's patience. */
const LONGEST_PAUSE_MS = 25;

/** Tries until no other connection holds the lock, leaving the event loop free in between. Err: what was thrown, at last SQLite's "busy". */
export async function untilFree<T>(attempt: () => T, waitMs: number): Promise<Result<T, unknown>> {
  const startedMs = performance.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return ok(attempt());
    } catch (cause) {
      if (!isBusy(cause) || performance.now() - startedMs > waitMs) return err(cause);
    }
    // Jitter, so that processes that met once do not meet again.
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 2 ** Math.min(tries, 5)) * Math.random();
    await new Promise<void>((resolve) => {
      if (pauseMs < 1) setImmediate(resolve);
      else setTimeout(resolve, pauseMs);
    });
  }
}
