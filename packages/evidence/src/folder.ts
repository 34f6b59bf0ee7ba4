/** The ledger's folder on disk: who may write there, and files that appear whole or not at all. */

import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { BEGUN, epochName } from './epoch.js';
import type { LedgerOpenError } from './errors.js';

/** Where everything of one ledger lies. */
export interface LedgerPaths {
  readonly folder: string;
  /** The first epoch's file. */
  readonly database: string;
  /** The number of the newest epoch that began. */
  readonly epoch: string;
  readonly keys: string;
  readonly privateKey: string;
  readonly verifierKey: string;
  readonly blobs: string;
}

/** The paths of the ledger in that folder. */
export function pathsOf(folder: string): LedgerPaths {
  const keys = join(folder, 'keys');
  return {
    folder,
    database: join(folder, epochName(1)),
    epoch: join(folder, BEGUN),
    keys,
    privateKey: join(keys, 'ledger.ed25519'),
    verifierKey: join(keys, 'ledger.pub'),
    blobs: join(folder, 'blobs'),
  };
}

/** Makes the folders that are not there, and refuses what others may write to. Err kinds: `evidence.insecure_permissions`. */
export async function prepareFolders(paths: LedgerPaths): Promise<Result<void, LedgerOpenError>> {
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  for (const folder of [paths.keys, paths.blobs]) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const path of [paths.folder, paths.keys, paths.blobs, paths.database, paths.verifierKey]) {
    const secure = await refuseOthers(path, 0o022);
    if (secure.isErr()) return secure;
  }
  return refuseOthers(paths.privateKey, 0o077);
}

async function refuseOthers(path: string, forbidden: number): Promise<Result<void, LedgerOpenError>> {
  // Windows has no such bits: what it answers says nothing about who may write.
  if (process.platform === 'win32' || !(await exists(path))) return ok(undefined);
  const { mode } = await stat(path);
  if ((mode & forbidden) === 0) return ok(undefined);
  return err({
    kind: 'evidence.insecure_permissions',
    message: 'others than the owner may change the ledger',
    remedy: 'take the rights of group and others away: chmod go-rwx',
    path,
  });
}

/** Whether something is there; anything but "no such file" is thrown. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}

/** Writes a file that is durable and complete once it has its name; an existing file is replaced. Mode 0600. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await viaTemporary(path, content, (temporary) => rename(temporary, path));
}

/** Writes a file only when none has that name, however many processes try. Answers whether this call made it. Mode 0600. */
export async function createFile(path: string, content: Uint8Array | string): Promise<boolean> {
  try {
    await viaTemporary(path, content, (temporary) => link(temporary, path));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

async function viaTemporary(
  path: string,
  content: Uint8Array | string,
  name: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await name(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** A name beside `path` that no other writer uses. */
export function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; there a rename is durable with the volume's journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the empty database file, so that SQLite never creates one that others may read. */
export async function createDatabaseFile(path: string): Promise<void> {
  if (await exists(path)) return;
  const file = await open(path, 'a', 0o600);
  await file.close();
  await chmod(path, 0o600);
  await syncFolder(dirname(path));
}
