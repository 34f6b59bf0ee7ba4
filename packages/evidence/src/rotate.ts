/** Closes an epoch with a signed head when it is full or old, or when somebody asks. */

import type { Clock, LedgerError } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';
import { BLOCK_RECORDS } from './block.js';
import { type Connection, untilFree } from './connection.js';
import { CLOSED, closingText } from './epoch.js';
import { unavailable } from './errors.js';
import { isBusy } from './sqlite-error.js';
import type { Store } from './store.js';

/** When an epoch is closed by itself: as soon as one of the two is reached. */
export interface EpochLimits {
  /** The size of its file. */
  readonly maxBytes: number;
  /** The age of its first record. */
  readonly maxAgeMs: number;
}
/** An epoch that was closed: its number and how many records the ledger has with it. */
export interface ClosedEpoch {
  readonly epoch: number;
  readonly size: number;
}
export interface Rotation extends ClosedEpoch {
  /** The head that was signed at its end, where there was none yet. */
  readonly signed: string | undefined;
}
export interface Epochs {
  /** Whether this epoch is full or old. Throws SQLite's errors. */
  isDue(store: Store): boolean;
  /** Closes the present epoch and goes on in the next; no append may be under way in this process. Err kinds: `unavailable`. */
  rotate(): Promise<Result<Rotation, LedgerError>>;
}
export interface EpochsOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly writer: string;
  readonly limits: EpochLimits;
}

/** The epochs of an open ledger. */
export function createEpochs({ connection, clock, waitMs, writer, limits }: EpochsOptions): Epochs {
  const epochs: Epochs = {
    isDue: (store) => hasOwn(store) && (isFull(store, limits) || isOld(store, limits, clock.now())),
    async rotate() {
      const store = await connection.store();
      if (store.isErr()) return err(store.error);
      const { database } = store.value;
      const begun = await untilFree(() => connection.holds(store.value) && database.exec('BEGIN IMMEDIATE'), waitMs);
      if (begun.isOk() && begun.value === false) return epochs.rotate();
      if (begun.isErr()) {
        if (!isBusy(begun.error)) connection.poison();
        return err(unavailable('the epoch could not be closed', begun.error));
      }
      try {
        const closed = closeEpoch(store.value, { at: clock.now(), writer });
        database.exec('COMMIT');
        connection.leave(store.value);
        // Begun now, so that nobody waits for it later; should this fail, whoever is next tries again.
        return (await connection.store()).map(() => closed);
      } catch (cause) {
        connection.poison();
        return err(unavailable('the epoch could not be closed', cause));
      }
    },
  };
  return epochs;
}

/** Nothing, where another process has just done so. */
function closeEpoch(store: Store, by: { readonly at: string; readonly writer: string }): Rotation {
  const { epoch } = store.base();
  const { frontier } = store.tail();
  const closing = store.closing();
  if (closing !== undefined) return { epoch, size: closing.size, signed: undefined };
  const signed = store.lastHeadSize() < frontier.size ? store.keepHead(frontier) : undefined;
  const text = closingText({ size: frontier.size, ...by });
  store.statement('INSERT INTO meta (name, value) VALUES (?, ?)').run(CLOSED, text);
  return { epoch, size: frontier.size, signed };
}

/** However much was brought along, an epoch takes a block of its own before it is closed by itself. */
function hasOwn(store: Store): boolean {
  return store.tail().frontier.size - store.base().frontier.size >= BLOCK_RECORDS;
}

function isFull(store: Store, { maxBytes }: EpochLimits): boolean {
  const pages = Number(Object.values(store.statement('PRAGMA page_count').get() ?? {})[0]);
  const bytes = Number(Object.values(store.statement('PRAGMA page_size').get() ?? {})[0]);
  return pages * bytes >= maxBytes;
}

function isOld(store: Store, { maxAgeMs }: EpochLimits, now: string): boolean {
  const first = store.statement('SELECT recorded_at FROM chunk ORDER BY first LIMIT 1').get()?.recorded_at;
  return Date.parse(now) - Date.parse(String(first)) >= maxAgeMs;
}
