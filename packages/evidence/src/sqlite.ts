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

/** Closes a connection that may already be beyond use; what it says then changes nothing. */
export function closeQuietly(database: Database): void {
  try {
    database.close();
  } catch {
    // A connection that cannot be closed was broken before: its failure has been answered already.
  }
}
