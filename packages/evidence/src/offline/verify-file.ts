/** Verifies an export or a `ledger.db` with nothing but Node. */

import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CheckSummary, createCheck, type LedgerCheck, type Reading } from '../check.js';
import type { Defect } from '../defect.js';
import { parseVerifierKey, splitNotes, type VerifierKey } from '../note.js';
import { builtinSqlite } from './builtin-sqlite.js';
import { checkBlobs } from './check-blobs.js';
import type { ExportHeader } from './export-format.js';
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
  const path = (await stat(request.path)).isDirectory() ? join(request.path, 'ledger.db') : request.path;
  const witnesses = request.against === undefined ? [] : splitNotes(await readFile(request.against, 'utf8'));
  if (request.against !== undefined && witnesses.length === 0)
    return { failure: 'the file given with --against holds no head' };
  return (await isDatabase(path)) ? verifyDatabase(path, given, witnesses) : verifyExport(path, given, witnesses);
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
  await readExport(path, header, check);
  return report(check, endOfExport(check, header), { source: 'export', key, pinned, blobsAbsent: check.blobs.size });
}

/** An export ends with its last signed head: what comes after that nobody vouches for. */
function endOfExport(check: LedgerCheck, header: ExportHeader): CheckSummary {
  const summary = check.finish(header.records);
  if (summary.afterLastHead > 0) {
    check.defects.add('bad_root', 'the newest records are under no signed head', summary.size - summary.afterLastHead);
  }
  return summary;
}

async function verifyDatabase(path: string, given: VerifierKey | undefined, witnesses: readonly string[]) {
  const sqlite = builtinSqlite();
  if (sqlite === undefined) return { failure: 'a ledger.db needs Node 22.13 or later; an export needs only this one' };
  const database = new sqlite(path, { readOnly: true });
  try {
    const stated = statedKey(database);
    const { check, pinned, key } = begin(stated, given);
    if (check === undefined) return unknownKey('database', stated);
    for (const witness of witnesses) check.head(witness, 'elsewhere');
    await readDatabase(sqlite, database, check, key);
    const summary = check.finish();
    for (const found of pageDefects(database)) check.defects.add('unreadable', found);
    const blobsAbsent = await checkBlobs(join(dirname(path), 'blobs'), check);
    return report(check, summary, { source: 'database', key, pinned, blobsAbsent });
  } finally {
    database.close();
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

function statedKey(database: {
  prepare(sql: string): { get(): Readonly<Record<string, unknown>> | undefined };
}): string {
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
  return { ...about, ...summary, key: about.key.text, defects: check.defects.list };
}

function unknownKey(source: VerifyReport['source'], stated: string): VerifyReport {
  const defect = { kind: 'unknown_key', message: 'the key that the ledger names is not a verifier key' } as const;
  const nothing = { size: 0, root: '', heads: 0, afterLastHead: 0, blobsAbsent: 0 };
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
