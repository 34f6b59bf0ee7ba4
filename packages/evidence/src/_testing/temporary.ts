/** Folders and ledgers that end with their test. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Database } from '../database.js';
import type { LedgerHandle } from '../ledger.js';
import { type LedgerOptions, openLedger } from '../open-ledger.js';
import { loadSqlite } from '../sqlite.js';

/** A new folder, removed when the test ends. */
export function temporaryFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'meshclaw-evidence-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An open ledger, closed when the test ends; in a new folder unless one is given. */
export async function temporaryLedger(options: Partial<LedgerOptions> = {}): Promise<LedgerHandle> {
  const ledger = (await openLedger({ folder: temporaryFolder(), ...options }))._unsafeUnwrap();
  onTestFinished(() => ledger.close());
  return ledger;
}

/** A plain connection to a ledger's file, as whoever owns the file could open it. */
export async function outsideConnection(folder: string, name = 'ledger.db'): Promise<Database> {
  const sqlite = await loadSqlite();
  const database = new sqlite(join(folder, name));
  database.exec('PRAGMA busy_timeout = 5000');
  return database;
}

/** Takes away what stops accidents, as somebody who means it would. */
export function dropTriggers(database: Database): void {
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) {
    database.exec(`DROP TRIGGER ${String(name)}`);
  }
}

/** Runs a change with the triggers away, then puts them back as they were. */
export function changeUnseen(database: Database, change: () => void): void {
  const triggers = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").all();
  dropTriggers(database);
  change();
  for (const { sql } of triggers) database.exec(String(sql));
}
