/** A connection that heals: after a failed write nothing is believed until it was opened again and its end checked. */

import type { LedgerError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unavailable } from './errors.js';
import { isBusy } from './sqlite-error.js';
import type { Store } from './store.js';

export interface Connection {
  /** The store, opened again if the last write failed. Err kinds: `unavailable`. */
  store(): Promise<Result<Store, LedgerError>>;
  /** Runs a read on it, waiting for locks outside the event loop. Err kinds: `unavailable`. */
  read<T>(read: (store: Store) => T): Promise<Result<T, LedgerError>>;
  /** Drops the connection after a failed write. */
  poison(): void;
  /** From now on every call answers `unavailable`. */
  close(): void;
}

/** A connection over a store that is open and checked; `reopen` opens and checks another, or says why not. */
export function createConnection(
  first: Store,
  reopen: () => Promise<Result<Store, unknown>>,
  waitMs: number,
): Connection {
  let current: Store | undefined = first;
  let opening: Promise<Result<Store, LedgerError>> | undefined;
  let closed = false;

  async function openAgain(): Promise<Result<Store, LedgerError>> {
    const opened = await reopen();
    opening = undefined;
    if (opened.isErr()) return err(unavailable('the ledger could not be opened again after a failure', opened.error));
    if (closed) {
      opened.value.close('in_order');
      return err(unavailable('the ledger is closed'));
    }
    current = opened.value;
    return ok(current);
  }

  async function store(): Promise<Result<Store, LedgerError>> {
    if (closed) return err(unavailable('the ledger is closed'));
    if (current !== undefined) return ok(current);
    opening ??= openAgain();
    return opening;
  }

  return {
    store,
    read: async (read) => {
      const opened = await store();
      if (opened.isErr()) return err(opened.error);
      const done = await untilFree(() => read(opened.value), waitMs);
      return done.mapErr((cause) => unavailable('the ledger could not be read', cause));
    },
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
