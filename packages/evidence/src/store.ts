/** One connection to `ledger.db`, with its statements prepared, its signer at hand and its end in memory. */

import type { KeyObject } from 'node:crypto';
import type { StoredRecord } from '@meshclaw/core';
import type { Database, DatabaseConstructor, Statement, Statements } from './database.js';
import { baseOf, type Closing, closingOf, type EpochBase } from './epoch.js';
import { type Frontier, rootOf } from './merkle.js';
import { signHead, type VerifierKey } from './note.js';
import { closeQuietly, closeSettled } from './sqlite.js';
import { caughtUp, type Tail } from './tail.js';

/** Who signs the heads of a ledger. */
export interface Signer {
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
}
/** A stretch of indices before the present epoch: in a file that is there, or what was taken over of one that is not. */
export type Segment =
  | { readonly kind: 'file'; readonly from: number; readonly to: number; readonly store: Store }
  | { readonly kind: 'absent'; readonly from: number; readonly to: number; readonly carried: readonly StoredRecord[] };
/** The epochs before the one that a store has open. */
export interface OlderEpochs {
  /** In the order of their indices, without gaps. Throws when a file that is there cannot be read. */
  segments(current: Store): readonly Segment[];
  close(): void;
}
export interface Store {
  readonly database: Database;
  /** A prepared statement, kept for the next time. */
  readonly statement: Statements;
  /** What this file begins on. Throws when it cannot be read. */
  base(): EpochBase;
  /** How this file was closed; undefined while it is the one that records are added to. Throws when it cannot be read. */
  closing(): Closing | undefined;
  /** What lies before {@link base}. Throws as {@link OlderEpochs} does. */
  older(): readonly Segment[];
  /** The end of the ledger as the file has it now. Throws when it is not a continuation of what was there. */
  tail(): Tail;
  /** Drops what is in memory: a transaction that moved the tail was rolled back. */
  forget(): void;
  lastHeadSize(): number;
  /** Signs and keeps the head of a tree that grew; answers its note. */
  keepHead(frontier: Frontier): string;
  /** After a failure nothing more is written; in order, the write-ahead log is brought into the file. */
  close(how: 'in_order' | 'after_failure'): void;
}

/** Connects with the settings that make an acknowledged append durable. Throws SQLite's errors. */
export function openConnection(sqlite: DatabaseConstructor, path: string): Database {
  const database = new sqlite(path);
  try {
    // SQLite's own waiting would stop the event loop; the writer waits outside of it.
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('PRAGMA journal_mode = WAL');
    // FULL syncs the write-ahead log at each commit: that is what "durable" means here.
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA trusted_schema = OFF');
    return database;
  } catch (cause) {
    closeQuietly(database);
    throw cause;
  }
}

const NONE: OlderEpochs = { segments: () => [], close: () => undefined };

/** A store over a connection whose tables exist. */
export function createStore(database: Database, signer: Signer, older: OlderEpochs = NONE): Store {
  const statements = new Map<string, Statement>();
  let known: Tail | undefined;
  let base: EpochBase | undefined;
  const statement = (sql: string): Statement => {
    const ready = statements.get(sql);
    if (ready !== undefined) return ready;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const store: Store = {
    database,
    statement,
    base: () => {
      base ??= baseOf(statement);
      return base;
    },
    closing: () => closingOf(statement),
    older: () => (store.base().epoch === 1 ? [] : older.segments(store)),
    tail: () => {
      const before = known;
      // Should catching up fail half-way, nothing of it is believed the next time.
      known = undefined;
      known = caughtUp(statement, store.base(), before);
      return known;
    },
    forget: () => {
      known = undefined;
      base = undefined;
    },
    lastHeadSize: () => Number(statement('SELECT max(size) AS size FROM head').get()?.size ?? -1),
    keepHead: (frontier) => {
      const note = signHead(signer.key, signer.privateKey, { size: frontier.size, root: rootOf(frontier) });
      statement('INSERT INTO head (size, note) VALUES (?, ?)').run(frontier.size, note);
      return note;
    },
    close: (how) => {
      statements.clear();
      older.close();
      if (how === 'in_order') closeSettled(database);
      else closeQuietly(database);
    },
  };
  return store;
}
