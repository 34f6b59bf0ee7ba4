/** Opens a ledger: everything it consists of, put together. */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Clock, systemClock } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { createConnection } from './connection.js';
import type { LedgerOpenError } from './errors.js';
import { createDatabaseFile, createFile, exists, type LedgerPaths, pathsOf, prepareFolders } from './folder.js';
import { type LedgerKey, loadKey } from './key.js';
import { createHandle, type LedgerHandle } from './ledger.js';
import { ID_DIGITS, isKeyName, parseVerifierKey, type VerifierKey, verifierKeyOf } from './note.js';
import { ledgerMissing, openTables, unavailable } from './open-tables.js';
import { loadSqlite } from './sqlite.js';
import { createWriter } from './writer.js';

/** Where a ledger is and how it behaves. */
export interface LedgerOptions {
  /** The ledger's own folder; made, readable by the owner only, when it is not there. */
  readonly folder: string;
  /** Stamps records. The machine's clock unless given. */
  readonly clock?: Clock;
  /** Names a new ledger in its signed heads; `meshclaw.local/<id>` unless given. A ledger keeps the one it was made with. */
  readonly origin?: string;
  /** How long a call waits for other processes before it answers `unavailable`; 10 s unless given. */
  readonly waitMs?: number;
  /** How long records may stand without a signed head; 1 s unless given. */
  readonly headEveryMs?: number;
  /** Told each signed head of this process once it is durable, to keep it elsewhere; must not throw. */
  readonly onHead?: (note: string) => void;
}

/** Opens the ledger in a folder, making it at first use, and checks its end. Err kinds: those of {@link LedgerOpenError}. */
export function openLedger(options: LedgerOptions): ResultAsync<LedgerHandle, LedgerOpenError> {
  const { folder } = options;
  return new ResultAsync(open(options).catch((cause: unknown) => err(unavailable(folder, cause))));
}

async function open(options: LedgerOptions): Promise<Result<LedgerHandle, LedgerOpenError>> {
  const { folder, clock = systemClock, waitMs = 10_000, headEveryMs = 1000 } = options;
  const paths = pathsOf(folder);
  const prepared = await prepareFolders(paths);
  if (prepared.isErr()) return err(prepared.error);
  const identity = await identify(paths, options.origin);
  if (identity.isErr()) return err(identity.error);
  const { key, id, signer, isNew } = identity.value;
  const [sqlite, writerName] = [await loadSqlite(), `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`];
  await createDatabaseFile(paths.database);
  const openStore = (mayCreate: boolean, settle: boolean) =>
    openTables({
      ...{ sqlite, signer, id, waitMs, mayCreate, settle },
      path: paths.database,
      fingerprint: key.fingerprint,
      writer: writerName,
      now: () => clock.now(),
    });
  const store = await openStore(isNew, false);
  if (store.isErr()) return err(store.error);
  await createFile(paths.verifierKey, `${signer.key.text}\n`);
  const connection = createConnection(store.value, () => openStore(false, true), waitMs);
  const told = options.onHead === undefined ? {} : { onHead: options.onHead };
  const writer = createWriter({ connection, clock, waitMs, headEveryMs, ...told });
  return ok(createHandle({ id, writerName, paths, sqlite, connection, writer, key: signer.key }));
}

interface Identity {
  readonly key: LedgerKey;
  /** The first 16 bytes of the key's fingerprint, in hex: a copy of the folder is the same ledger, a new key a new one. */
  readonly id: string;
  readonly signer: { readonly key: VerifierKey; readonly privateKey: LedgerKey['privateKey'] };
  readonly isNew: boolean;
}

/** The verifier key file is written last at first use, so where it is there must be a key and a ledger too. */
async function identify(paths: LedgerPaths, origin: string | undefined): Promise<Result<Identity, LedgerOpenError>> {
  const isNew = !(await exists(paths.verifierKey));
  const hasDatabase = await exists(paths.database);
  if (!isNew && !hasDatabase) return err(ledgerMissing(paths.database));
  if (origin !== undefined && !isKeyName(origin)) {
    const remedy = 'name it without white space and without "+", as "example.org/ledger"';
    return err({ kind: 'evidence.invalid_origin', message: 'the origin names no key', remedy, path: paths.folder });
  }
  const key = await loadKey(paths, isNew);
  return key.asyncAndThen((own) => ResultAsync.fromSafePromise(identityOf(paths, own, origin, isNew)));
}

async function identityOf(
  paths: LedgerPaths,
  key: LedgerKey,
  origin: string | undefined,
  isNew: boolean,
): Promise<Identity> {
  const id = key.fingerprint.slice(0, ID_DIGITS);
  const published = isNew ? undefined : parseVerifierKey((await readFile(paths.verifierKey, 'utf8')).trim());
  const named = verifierKeyOf(origin ?? published?.origin ?? `meshclaw.local/${id}`, key.publicKey);
  return { key, id, signer: { key: named, privateKey: key.privateKey }, isNew };
}
