/** Picks the SQLite of this Node: its own `node:sqlite`, or the same API as an addon where Node has none. */

import type { Database, DatabaseConstructor } from './database.js';
import { builtinSqlite } from './offline/builtin-sqlite.js';

let chosen: Promise<DatabaseConstructor> | undefined;

/** The `DatabaseSync` of `node:sqlite` (Node 22.13 and later) or of `@photostructure/sqlite`, loaded at first use. */
export function loadSqlite(): Promise<DatabaseConstructor> {
  chosen ??= chooseSqlite();
  return chosen;
}

async function chooseSqlite(): Promise<DatabaseConstructor> {
  const builtin = builtinSqlite();
  if (builtin !== undefined) return builtin;
  const addon = await import('@photostructure/sqlite');
  return addon.DatabaseSync as unknown as DatabaseConstructor;
}

/** Runs what may fail without consequence on a connection that is being let go. */
function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // There was no transaction, or the connection was broken before: its failure has been answered already.
  }
}

/**
 * Closes a connection that may already be beyond use. The addon lets go of a connection only when its statements are
 * collected, so what is left of a transaction is rolled back first: it would keep its lock until then.
 */
export function closeQuietly(database: Database): void {
  quietly(() => database.exec('ROLLBACK'));
  quietly(() => database.close());
}

/** Closes a connection that is in order, with everything in the one file unless another process still reads the log. */
export function closeSettled(database: Database): void {
  quietly(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  closeQuietly(database);
}
