/** Opens `ledger.db`: makes its tables and first record when it is new, and refuses one that is not what it was. */

import { err, ok, type Result } from 'neverthrow';
import { checkTail } from './check-tail.js';
import { untilFree } from './connection.js';
import type { Database, DatabaseConstructor } from './database.js';
import { createDefects, type Defect } from './defect.js';
import type { LedgerOpenError } from './errors.js';
import { storeGroup } from './group.js';
import { compareSchema } from './offline/read-database.js';
import { draftRecord } from './record.js';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { closeQuietly } from './sqlite.js';
import { SQLITE_BUSY } from './sqlite-error.js';
import { createStore, type OlderEpochs, openConnection, type Signer, type Store } from './store.js';

export interface TablesRequest {
  readonly sqlite: DatabaseConstructor;
  readonly path: string;
  readonly older: OlderEpochs;
  readonly signer: Signer;
  readonly id: string;
  readonly fingerprint: string;
  readonly writer: string;
  readonly now: () => string;
  readonly waitMs: number;
  /** A ledger that existed must not come back empty: its keys for "at most once" would be free again. */
  readonly mayCreate: boolean;
  /** Copies the write-ahead log into the file and syncs it: after a failed sync nothing of it is believed durable. */
  readonly settle: boolean;
}
type Refused = LedgerOpenError['kind'];

/** A store whose end was checked. Err kinds: `evidence.unavailable`, `evidence.ledger_missing`, `evidence.unsupported_format`, `evidence.origin_mismatch`, `evidence.key_mismatch`, `evidence.damaged`. */
export async function openTables(request: TablesRequest): Promise<Result<Store, LedgerOpenError>> {
  const { path, sqlite, waitMs, signer } = request;
  const opened = await untilFree(() => openConnection(sqlite, path), waitMs);
  if (opened.isErr()) return err(unavailable(path, opened.error));
  const database = opened.value;
  const store = createStore(database, signer, request.older);
  const ready = await untilFree(() => prepare(request, database, store), waitMs);
  const result = ready.isErr() ? err(unavailable(path, ready.error)) : ready.value;
  if (result.isErr()) closeQuietly(database);
  return result;
}

function prepare(request: TablesRequest, database: Database, store: Store): Result<Store, LedgerOpenError> {
  // It may be tried again after a rollback.
  store.forget();
  // Looked at first without a lock, so that opening a busy ledger waits for nobody.
  const made = isLedger(database)
    ? ok(undefined)
    : inTransaction(database, 'BEGIN IMMEDIATE', () => createIfEmpty(request, database, store));
  if (made.isErr()) return err(made.error);
  const checked = inTransaction(database, 'BEGIN', () => checkTables(request, store));
  if (checked.isErr()) return err(checked.error);
  if (request.settle) settleLog(database);
  return ok(store);
}

function checkTables(request: TablesRequest, store: Store): Result<void, LedgerOpenError> {
  const { path, sqlite, signer } = request;
  const schema = createDefects();
  compareSchema(sqlite, store.database, { defects: schema });
  if (schema.list.length > 0) return err(damaged(path, schema.list));
  const identity = checkIdentity(request, store);
  if (identity.isErr()) return identity;
  const tail = checkTail(store, signer.key);
  return tail.length > 0 ? err(damaged(path, tail)) : ok(undefined);
}

function createIfEmpty(request: TablesRequest, database: Database, store: Store): Result<void, LedgerOpenError> {
  const { path, signer, id, fingerprint, writer } = request;
  if (isLedger(database)) return ok(undefined);
  const { count } = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() ?? {};
  if (numberOf(database, 'user_version') !== 0 || Number(count) > 0) {
    const remedy = 'use the version of MeshClaw that wrote it, or a newer one';
    return refuse('evidence.unsupported_format', 'ledger.db is not in a form that this version knows', remedy, path);
  }
  if (!request.mayCreate) return err(ledgerMissing(path));
  database.exec(SCHEMA);
  const { origin, text: key } = signer.key;
  for (const [name, value] of Object.entries({ id, origin, key })) {
    database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)').run(name, value);
  }
  const body = { ledger: id, origin, key_fingerprint: fingerprint, key };
  const first = draftRecord({ type: 'ledger.created', body }, writer, undefined);
  if (first.isErr()) return err(unavailable(path, first.error));
  storeGroup(store, {
    entries: [{ drafts: [first.value], unless: undefined }],
    recordedAt: request.now(),
    wantsHead: true,
  });
  return ok(undefined);
}

function isLedger(database: Database): boolean {
  const [version, application] = [numberOf(database, 'user_version'), numberOf(database, 'application_id')];
  return version === SCHEMA_VERSION && application === APPLICATION_ID;
}

function checkIdentity({ path, signer }: TablesRequest, store: Store): Result<void, LedgerOpenError> {
  const meta = new Map(
    store
      .statement('SELECT name, value FROM meta')
      .all()
      .map(({ name, value }) => [name, value]),
  );
  if (meta.get('origin') !== signer.key.origin) {
    const remedy = 'open it with the origin it was made with, or without naming one';
    return refuse('evidence.origin_mismatch', 'the ledger has another origin', remedy, path);
  }
  if (meta.get('key') === signer.key.text) return ok(undefined);
  const remedy = 'put the key file back that belongs to this ledger';
  return refuse('evidence.key_mismatch', 'the key file is not the key of this ledger', remedy, path);
}

/** Throws "busy" while another connection reads from the log. */
function settleLog(database: Database): void {
  const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
  if (busy !== 0) throw Object.assign(new Error('the write-ahead log is in use'), { errcode: SQLITE_BUSY });
}

function inTransaction<T, E>(database: Database, begin: string, run: () => Result<T, E>): Result<T, E> {
  database.exec(begin);
  try {
    const result = run();
    database.exec(result.isOk() ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (cause) {
    // The failure may have rolled back already, and a second one would hide it.
    if (database.isTransaction !== false) rollBack(database);
    throw cause;
  }
}

function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Nothing to roll back: SQLite did.
  }
}

function numberOf(database: Database, pragma: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
}

/** Says that the ledger is gone while its key is still there. */
export function ledgerMissing(path: string): LedgerOpenError {
  const message = 'the ledger of this key is gone';
  const remedy = 'put ledger.db back; to begin a new ledger, move the whole folder away';
  return { kind: 'evidence.ledger_missing', message, remedy, path };
}

/** Says that the disk, or another process, did not let the ledger be opened. */
export function unavailable(path: string, cause: unknown): LedgerOpenError {
  const remedy = 'see the cause: free space, rights of the file, or another process that holds it';
  return { kind: 'evidence.unavailable', message: 'the ledger could not be opened', remedy, path, cause };
}

function damaged(path: string, defects: readonly Defect[]): LedgerOpenError {
  const remedy = 'run `meshclaw-evidence verify` on it, keep a copy, and restore the last good one';
  return { kind: 'evidence.damaged', message: 'the end of the ledger is not as it was left', remedy, path, defects };
}

function refuse(kind: Exclude<Refused, 'evidence.damaged'>, message: string, remedy: string, path: string) {
  return err<never, LedgerOpenError>({ kind, message, remedy, path } as LedgerOpenError);
}
