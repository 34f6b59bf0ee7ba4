/** Reads a `ledger.db` into a check, whatever state the file is in. Imports nothing but Node. */

import type { LedgerCheck } from '../check.js';
import type { Cell, Database, DatabaseConstructor, Row, Statement } from '../database.js';
import { COLUMNS } from '../envelope.js';
import { unpackPeaks } from '../merkle.js';
import { SCHEMA } from '../schema.js';
import { isBusy } from '../sqlite-error.js';

/** Read at once: few enough that the event loop is not held for long. */
const PAGE_RECORDS = 512;
/** A file that is damaged all over is not searched row by row to its end. */
const UNREADABLE_LIMIT = 64;

const ROWS = `SELECT idx, leaf, bytes, ${COLUMNS.join(', ')} FROM record WHERE idx >= ? AND idx < ? ORDER BY idx`;

/** The tree that the database says it has. */
export interface Claim {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

/** Feeds heads, then records, to the check; answers the tree that is stated. Throws only when another process holds the file locked. */
export async function readDatabase(
  sqlite: DatabaseConstructor,
  database: Database,
  check: LedgerCheck,
): Promise<Claim | undefined> {
  const tryRead = <T>(what: string, read: () => T): T | undefined => readable(check, what, read);
  tryRead('the tables cannot be read', () => compareSchema(sqlite, database, check));
  // Heads before the tree: another process may append meanwhile, and then only the tree can be ahead.
  tryRead('the signed heads cannot be read', () => {
    for (const { size, note } of database.prepare('SELECT size, note FROM head ORDER BY size').all()) {
      if (typeof note === 'string' && note.split('\n')[1] === String(size)) check.head(note);
      else check.defects.add('bad_signature', 'a head is kept under another size', Number(size));
    }
  });
  const claim = tryRead('the tree cannot be read', () => readClaim(database, check));
  const end = claim?.end ?? tryRead('the records cannot be counted', () => countOf(database)) ?? 0;
  await readRows(database, check, end);
  return claim?.tree;
}

async function readRows(database: Database, check: LedgerCheck, end: number): Promise<void> {
  let unreadable = 0;
  let prepared: Statement | undefined;
  const page = () => {
    prepared ??= database.prepare(ROWS);
    return prepared;
  };
  for (let from = 0; from < end && unreadable < UNREADABLE_LIMIT; from += PAGE_RECORDS) {
    const to = Math.min(end, from + PAGE_RECORDS);
    const rows = attempt(() => page().all(from, to));
    if (rows !== undefined) for (const row of rows) feed(check, row);
    for (let index = from; rows === undefined && index < to && unreadable < UNREADABLE_LIMIT; index += 1) {
      const row = attempt(() => page().all(index, index + 1));
      if (row === undefined) unreadable += 1;
      if (row === undefined) check.unreadable(index, 'a record cannot be read');
      else for (const one of row) feed(check, one);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function feed(check: LedgerCheck, row: Row): void {
  check.record({
    index: Number(row.idx),
    bytes: bytesOf(row.bytes),
    leaf: bytesOf(row.leaf),
    columns: row as Record<(typeof COLUMNS)[number], unknown>,
  });
}

function readClaim(database: Database, check: LedgerCheck): { tree?: Claim; end: number } {
  // One statement, so that both numbers belong to one moment.
  const row = database
    .prepare('SELECT size, peaks, (SELECT coalesce(max(idx) + 1, 0) FROM record) AS count FROM tree WHERE id = 0')
    .get();
  const end = Number(row?.count ?? 0);
  const tree = unpackPeaks(Number(row?.size), bytesOf(row?.peaks));
  if (tree !== undefined) return { tree, end };
  check.defects.add('bad_root', 'the stored tree is not a tree');
  return { end: row === undefined ? countOf(database) : end };
}

function countOf(database: Database): number {
  return Number(database.prepare('SELECT coalesce(max(idx) + 1, 0) AS count FROM record').get()?.count ?? 0);
}

/** A ledger's tables, indexes and triggers are these and no others: a trigger more could rewrite what is appended. */
export function compareSchema(
  sqlite: DatabaseConstructor,
  database: Database,
  check: Pick<LedgerCheck, 'defects'>,
): void {
  const fresh = new sqlite(':memory:');
  fresh.exec(SCHEMA);
  const [wanted, found] = [fresh, database].map((one) =>
    JSON.stringify(one.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()),
  );
  fresh.close();
  if (wanted !== found) check.defects.add('unreadable', 'the tables, indexes and triggers are not those of a ledger');
}

/** SQLite's own check of every page and every index against its table. It holds the thread while it runs. */
export function checkPages(database: Database, check: LedgerCheck): void {
  readable(check, 'the pages of the file cannot be checked', () => {
    for (const row of database.prepare('PRAGMA integrity_check(20)').all()) {
      const found = String(Object.values(row)[0]);
      if (found !== 'ok') check.defects.add('unreadable', `the file is damaged: ${found}`);
    }
  });
}

function readable<T>(check: LedgerCheck, message: string, read: () => T): T | undefined {
  const failed: { cause?: unknown } = {};
  const value = attempt(read, failed);
  if ('cause' in failed) check.defects.add('unreadable', message);
  return value;
}

function attempt<T>(read: () => T, failed: { cause?: unknown } = {}): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (isBusy(cause)) throw cause;
    failed.cause = cause;
    return undefined;
  }
}

function bytesOf(cell: Cell | undefined): Uint8Array {
  return cell instanceof Uint8Array ? cell : new Uint8Array();
}
