/** Opens a ledger: everything it consists of, put together. */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Clock, systemClock } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { createConnection, type Reopening } from './connection.js';
import type { LedgerOpenError } from './errors.js';
import { createFile, exists, type LedgerPaths, pathsOf, prepareFolders } from './folder.js';
import { type LedgerKey, loadKey } from './key.js';
import { createHandle, type LedgerHandle } from './ledger.js';
import { ID_DIGITS, isKeyName, parseVerifierKey, type VerifierKey, verifierKeyOf } from './note.js';
import { presentEpochs } from './offline/present-epochs.js';
import { openNewest } from './open-newest.js';
import { ledgerMissing, unavailable } from './open-tables.js';
import { createEpochs, type EpochLimits } from './rotate.js';
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
  /** When the ledger goes on in a new file: 1 GiB or 90 days unless given. */
  readonly epoch?: Partial<EpochLimits>;
  /** Told each signed head of this process once it is durable, to keep it elsewhere; must not throw. */
  readonly onHead?: (note: string) => void;
}

const LIMITS: EpochLimits = { maxBytes: 1024 ** 3, maxAgeMs: 90 * 24 * 3_600_000 };

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
  const now = () => clock.now();
  const request = { sqlite, paths, signer, id, waitMs, fingerprint: key.fingerprint, writer: writerName, now };
  const store = await openNewest({ ...request, mayCreate: isNew, settle: false });
  if (store.isErr()) return err(store.error);
  await createFile(paths.verifierKey, `${signer.key.text}\n`);
  const reopen = (why: Reopening) => openNewest({ ...request, mayCreate: false, settle: why === 'after_failure' });
  const connection = createConnection(store.value, reopen, waitMs);
  const told = options.onHead === undefined ? {} : { onHead: options.onHead };
  const epochs = createEpochs({
    connection,
    clock,
    waitMs,
    writer: writerName,
    limits: { ...LIMITS, ...options.epoch },
  });
  const writer = createWriter({ connection, epochs, writerName, clock, waitMs, headEveryMs, ...told });
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
  const hasDatabase = (await presentEpochs(paths.folder)).length > 0;
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
