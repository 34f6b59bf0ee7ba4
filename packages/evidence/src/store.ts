/** One connection to `ledger.db`, with its statements prepared and its signer at hand. */

import type { KeyObject } from 'node:crypto';
import type { Cell, Database, DatabaseConstructor, Row, Statement } from './database.js';
import { COLUMNS } from './envelope.js';
import { emptyFrontier, type Frontier, rootOf, unpackPeaks } from './merkle.js';
import { signHead, type VerifierKey } from './note.js';
import { closeQuietly, closeSettled } from './sqlite.js';

/** Who signs the heads of a ledger. */
export interface Signer {
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
}
export interface Store {
  readonly database: Database;
  /** A prepared statement, kept for the next time. */
  statement(sql: string): Statement;
  /** The stored tree. Throws when it is not a tree. */
  frontier(): Frontier;
  lastHeadSize(): number;
  /** Signs and keeps the head of a tree that grew. */
  keepHead(frontier: Frontier): void;
  /** After a failure nothing more is written; in order, the write-ahead log is brought into the file. */
  close(how: 'in_order' | 'after_failure'): void;
}

export const INSERT_RECORD = `INSERT INTO record (idx, leaf, bytes, ${COLUMNS.join(', ')}) VALUES (?, ?, ?${', ?'.repeat(COLUMNS.length)})`;

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

/** A store over a connection whose tables exist. */
export function createStore(database: Database, signer: Signer): Store {
  const statements = new Map<string, Statement>();
  const statement = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    database,
    statement,
    frontier: () => readFrontier(statement('SELECT size, peaks FROM tree WHERE id = 0').get()),
    lastHeadSize: () => Number(statement('SELECT max(size) AS size FROM head').get()?.size ?? -1),
    keepHead: (frontier) => {
      const note = signHead(signer.key, signer.privateKey, { size: frontier.size, root: rootOf(frontier) });
      statement('INSERT INTO head (size, note) VALUES (?, ?)').run(frontier.size, note);
    },
    close: (how) => {
      statements.clear();
      if (how === 'in_order') closeSettled(database);
      else closeQuietly(database);
    },
  };
}

function readFrontier(row: Row | undefined): Frontier {
  const frontier = unpackPeaks(Number(row?.size), bytesOf(row?.peaks));
  if (frontier === undefined) throw new Error('the stored tree is damaged');
  return frontier.size === 0 ? emptyFrontier() : frontier;
}

/** The bytes of a cell; none for a cell that holds no bytes. */
export function bytesOf(cell: Cell | undefined): Uint8Array {
  return cell instanceof Uint8Array ? cell : new Uint8Array();
}
