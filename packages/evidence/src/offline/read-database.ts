/** Reads a `ledger.db` into a check, whatever state the file is in. Imports nothing but Node. */

import { splitChunk } from '../block.js';
import { bytesOf } from '../cell.js';
import type { LedgerCheck } from '../check.js';
import type { Database, DatabaseConstructor, Row } from '../database.js';
import { BASE, baseOf, CLOSED, closingOf, FIRST_BASE } from '../epoch.js';
import { ID_DIGITS, type VerifierKey } from '../note.js';
import { SCHEMA } from '../schema.js';
import { isBusy } from '../sqlite-error.js';
import { createIndexCheck, type IndexCheck } from './check-index.js';

/** Read at once: few enough that memory stays small. */
const PAGE_CHUNKS = 32;
/** Checked without a pause: few enough that the event loop is not held for long. */
const PAUSE_RECORDS = 256;
/** A file that is damaged all over is not searched row by row to its end. */
const UNREADABLE_LIMIT = 64;

/** Feeds heads, then records and what is kept beside them, to the check. Throws only when another process holds the file locked. */
export async function readDatabase(
  sqlite: DatabaseConstructor,
  database: Database,
  check: LedgerCheck,
  key: VerifierKey,
  epoch?: number,
): Promise<void> {
  const tryRead = <T>(what: string, read: () => T): T | undefined => readable(check, what, read);
  tryRead('the tables cannot be read', () => compareSchema(sqlite, database, check));
  tryRead('the tables cannot be read', () => compareMeta(database, check, key));
  const statement = (sql: string) => database.prepare(sql);
  const base = tryRead('what the file begins on cannot be read', () => baseOf(statement)) ?? FIRST_BASE;
  if (epoch !== undefined && base.epoch !== epoch)
    check.defects.add('out_of_order', 'the file is another epoch than its name says');
  check.begin(base);
  // Heads before the records: another process may append meanwhile, and then only the records can be ahead.
  tryRead('the signed heads cannot be read', () => {
    for (const { size, note } of database.prepare('SELECT size, note FROM head ORDER BY size').all()) {
      if (typeof note === 'string' && note.split('\n')[1] === String(size)) check.head(note);
      else check.defects.add('bad_signature', 'a head is kept under another size', Number(size));
    }
  });
  const last = tryRead('the records cannot be counted', () => lastChunk(database));
  const index = createIndexCheck(database, check, base);
  const end = await readChunks(database, check, index, last ?? -1, base.frontier.size);
  tryRead('the index cannot be read', () => index.finish(end));
  const closing = tryRead('how the file was closed cannot be read', () => closingOf(statement));
  if (closing !== undefined && closing.size !== end)
    check.defects.add('truncated', `the epoch was closed with ${closing.size} records, ${end} are there`, end);
}

/** The ledger's own name is that of its key. */
function compareMeta(database: Database, check: LedgerCheck, { origin, text, fingerprint }: VerifierKey): void {
  const wanted: Record<string, string> = { id: fingerprint.slice(0, ID_DIGITS), key: text, origin };
  const found = database.prepare('SELECT name, value FROM meta ORDER BY name').all();
  const own = found.filter(({ name }) => name !== BASE && name !== CLOSED);
  const same = own.length === 3 && own.every(({ name, value }) => wanted[String(name)] === value);
  if (!same) check.defects.add('unknown_key', 'the tables name another ledger than that of the key');
}

function lastChunk(database: Database): number {
  return Number(database.prepare('SELECT coalesce(max(first), -1) AS first FROM chunk').get()?.first);
}

/** Reads up to the chunk that was the last when reading began. Answers the index after its last record. */
async function readChunks(
  database: Database,
  check: LedgerCheck,
  index: IndexCheck,
  last: number,
  first: number,
): Promise<number> {
  const chunks = createChunkReader(database, check, last);
  let next = first;
  let sincePause = 0;
  for (let page = chunks.page(0); page.length > 0; page = chunks.page(next)) {
    for (const row of page) {
      for (const [at, framed] of recordsOf(row, check).entries()) {
        next = Number(row.first) + at + 1;
        feed(check, index, row, next - 1, framed);
        sincePause += 1;
        if (sincePause % PAUSE_RECORDS === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      next = Math.max(next, Number(row.first) + 1);
    }
  }
  return next;
}

function recordsOf({ first, bytes }: Row, check: LedgerCheck): Buffer[] {
  const records = splitChunk(bytesOf(bytes));
  if (records === undefined) check.unreadable(Number(first), 'records cannot be told apart');
  return records ?? [];
}

function feed(check: LedgerCheck, index: IndexCheck, row: Row, place: number, framed: Buffer): void {
  const envelope = check.record(framed, place);
  if (envelope !== undefined && envelope.recorded_at !== row.recorded_at) {
    check.defects.add('bad_leaf', 'the time beside a record is not the one it states', place);
  }
  readable(check, 'the index cannot be read', () => index.record(place, envelope));
}

/** Reads chunks in their order, one by one where a page of them cannot be read whole. */
function createChunkReader(database: Database, check: LedgerCheck, last: number) {
  let unreadable = 0;
  const read = (sql: string, ...values: number[]) => attempt(() => database.prepare(sql).all(...values));
  const PAGE = 'SELECT first, recorded_at, bytes FROM chunk WHERE first >= ? AND first <= ? ORDER BY first LIMIT ?';

  function page(from: number): Row[] {
    const rows = read(PAGE, from, last, PAGE_CHUNKS);
    if (rows !== undefined) return rows;
    for (let at = from; unreadable < UNREADABLE_LIMIT; ) {
      const [next] = read('SELECT min(first) AS first FROM chunk WHERE first >= ? AND first <= ?', at, last) ?? [];
      if (next === undefined) break;
      if (next.first === null) return [];
      const row = read(PAGE, Number(next.first), Number(next.first), 1);
      if (row !== undefined) return row;
      unreadable += 1;
      check.unreadable(Number(next.first), 'records cannot be read');
      at = Number(next.first) + 1;
    }
    check.unreadable(from, 'the records from here on cannot be read');
    return [];
  }
  return { page };
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

/** SQLite's own check of every page and every index against its table, in words; nothing when all is well. It holds the thread while it runs. */
export function pageDefects(database: Database): string[] {
  try {
    const found = database
      .prepare('PRAGMA integrity_check(20)')
      .all()
      .map((row) => String(Object.values(row)[0]));
    return found.filter((line) => line !== 'ok').map((line) => `the file is damaged: ${line}`);
  } catch (cause) {
    if (isBusy(cause)) throw cause;
    return ['the pages of the file cannot be checked'];
  }
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
