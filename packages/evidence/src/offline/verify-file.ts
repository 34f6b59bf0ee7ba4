/** Verifies an export or a `ledger.db` with nothing but Node. */

import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AbsentEpochs, type CheckSummary, createCheck, type LedgerCheck, type Reading } from '../check.js';
import type { Database, DatabaseConstructor } from '../database.js';
import type { Defect } from '../defect.js';
import { type EpochBase, epochName, parseBase } from '../epoch.js';
import { parseVerifierKey, splitNotes, type VerifierKey } from '../note.js';
import { builtinSqlite } from './builtin-sqlite.js';
import { checkBlobs } from './check-blobs.js';
import type { ExportHeader } from './export-format.js';
import { checkNewest, presentEpochs } from './present-epochs.js';
import { pageDefects, readDatabase } from './read-database.js';
import { readExport, readHeader } from './read-export.js';

export interface VerifyRequest {
  /** An export, a `ledger.db`, or the folder that holds one. */
  readonly path: string;
  /** The key the heads must be signed with; else the one that the file names is believed. */
  readonly key?: string;
  /** A file with signed heads that were kept elsewhere. */
  readonly against?: string;
}
export interface VerifyReport extends CheckSummary {
  readonly source: 'export' | 'database';
  readonly key: string;
  /** Whether the key was given, not taken from the file that is checked. */
  readonly pinned: boolean;
  /** Blobs that records refer to and that are not there; an export carries none. */
  readonly blobsAbsent: number;
  /** What is in epochs that are not here. */
  readonly absent: readonly AbsentEpochs[];
  readonly defects: readonly Defect[];
}
/** Why nothing could be verified at all. */
export interface VerifyFailure {
  readonly failure: string;
}

/** Verifies a file. Throws what reading it throws. */
export async function verifyFile(request: VerifyRequest): Promise<VerifyReport | VerifyFailure> {
  const given = request.key === undefined ? undefined : parseVerifierKey(request.key.trim());
  if (request.key !== undefined && given === undefined) return { failure: 'the key given is not a verifier key' };
  const folder = (await stat(request.path)).isDirectory() ? request.path : undefined;
  const witnesses = request.against === undefined ? [] : splitNotes(await readFile(request.against, 'utf8'));
  if (request.against !== undefined && witnesses.length === 0)
    return { failure: 'the file given with --against holds no head' };
  if (folder !== undefined) {
    const epochs = await presentEpochs(folder);
    if (epochs.length === 0) return { failure: 'the folder holds no ledger' };
    return verifyDatabases(
      epochs.map((epoch) => ({ path: join(folder, epochName(epoch)), epoch })),
      given,
      witnesses,
      folder,
    );
  }
  const { path } = request;
  return (await isDatabase(path))
    ? verifyDatabases([{ path }], given, witnesses)
    : verifyExport(path, given, witnesses);
}

/** First by the bytes alone; only where something is wrong is everything read whole, to say what. */
async function verifyExport(path: string, given: VerifierKey | undefined, witnesses: readonly string[]) {
  const quick = await readingExport(path, given, witnesses, 'bytes');
  return 'failure' in quick || quick.defects.length === 0 ? quick : readingExport(path, given, witnesses, 'whole');
}

async function readingExport(
  path: string,
  given: VerifierKey | undefined,
  witnesses: readonly string[],
  reading: Reading,
): Promise<VerifyReport | VerifyFailure> {
  const header = await readHeader(path);
  if (header === undefined) return { failure: 'the file is neither an export nor a ledger.db' };
  const { check, pinned, key } = begin(header.key, given, reading);
  if (check === undefined) return unknownKey('export', header.key);
  if (header.origin !== key.origin) check.defects.add('unknown_key', 'the export names another origin than its key');
  for (const witness of witnesses) check.head(witness, 'elsewhere');
  if (header.base !== undefined) {
    const base = readable(header.base);
    if (base === undefined) return { failure: 'the export does not state what it begins on' };
    check.begin(base);
  }
  await readExport(path, header, check);
  return report(check, endOfExport(check, header), { source: 'export', key, pinned, blobsAbsent: check.blobs.size });
}

function readable(text: string): EpochBase | undefined {
  try {
    return parseBase(text);
  } catch {
    return undefined;
  }
}

/** An export ends with its last signed head: what comes after that nobody vouches for. */
function endOfExport(check: LedgerCheck, header: ExportHeader): CheckSummary {
  const summary = check.finish(header.records);
  if (summary.afterLastHead > 0) {
    check.defects.add('bad_root', 'the newest records are under no signed head', summary.size - summary.afterLastHead);
  }
  return summary;
}

interface DatabaseFile {
  readonly path: string;
  /** What its name says; anything where it was named on its own. */
  readonly epoch?: number;
}

/** The files of a ledger in their order; `folder` when they are all that it holds. */
async function verifyDatabases(
  files: readonly DatabaseFile[],
  given: VerifierKey | undefined,
  witnesses: readonly string[],
  folder?: string,
) {
  const sqlite = builtinSqlite();
  if (sqlite === undefined) return { failure: 'a ledger.db needs Node 22.13 or later; an export needs only this one' };
  const first = files[0]?.path ?? '';
  const stated = reading(sqlite, first, statedKey);
  const { check, pinned, key } = begin(stated, given);
  if (check === undefined) return unknownKey('database', stated);
  for (const witness of witnesses) check.head(witness, 'elsewhere');
  for (const { path, epoch } of files) {
    await reading(sqlite, path, async (database) => {
      await readDatabase(sqlite, database, check, key, epoch);
      for (const found of pageDefects(database)) check.defects.add('unreadable', found);
    });
  }
  if (folder !== undefined) await checkNewest(folder, check);
  const summary = check.finish();
  const blobsAbsent = await checkBlobs(join(dirname(first), 'blobs'), check);
  return report(check, summary, { source: 'database', key, pinned, blobsAbsent });
}

function reading<T>(sqlite: DatabaseConstructor, path: string, read: (database: Database) => T): T {
  const database = new sqlite(path, { readOnly: true });
  const close = () => database.close();
  try {
    const value = read(database);
    if (!(value instanceof Promise)) close();
    return value instanceof Promise ? (value.finally(close) as T) : value;
  } catch (cause) {
    close();
    throw cause;
  }
}

type Begun =
  | { readonly check: LedgerCheck; readonly pinned: boolean; readonly key: VerifierKey }
  | { readonly check: undefined; readonly pinned: boolean; readonly key: undefined };

function begin(stated: string, given: VerifierKey | undefined, reading: Reading = 'whole'): Begun {
  const key = given ?? parseVerifierKey(stated);
  const pinned = given !== undefined;
  if (key === undefined) return { check: undefined, pinned, key };
  const check = createCheck(key, reading);
  if (key.text !== stated) check.defects.add('unknown_key', 'the ledger names another key than the one given');
  return { check, pinned, key };
}

function statedKey(database: Database): string {
  try {
    return String(database.prepare("SELECT value FROM meta WHERE name = 'key'").get()?.value ?? '');
  } catch {
    return '';
  }
}

function report(
  check: LedgerCheck,
  summary: CheckSummary,
  about: Pick<VerifyReport, 'source' | 'pinned' | 'blobsAbsent'> & { readonly key: VerifierKey },
): VerifyReport {
  return { ...about, ...summary, key: about.key.text, absent: check.absent, defects: check.defects.list };
}

function unknownKey(source: VerifyReport['source'], stated: string): VerifyReport {
  const defect = { kind: 'unknown_key', message: 'the key that the ledger names is not a verifier key' } as const;
  const nothing = { size: 0, root: '', heads: 0, afterLastHead: 0, blobsAbsent: 0, unchecked: 0, absent: [] };
  return { source, key: stated, pinned: false, ...nothing, defects: [defect] };
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && buffer.equals(MAGIC);
  } finally {
    await file.close();
  }
}

/** The first bytes of every SQLite file (<https://sqlite.org/fileformat2.html>). */
const MAGIC = Buffer.from('SQLite format 3\0');
