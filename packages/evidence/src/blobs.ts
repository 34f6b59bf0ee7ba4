/** Large outputs beside the ledger, named by what they hold. */

import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BlobReference, type LedgerError, type NewRecord, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type BlobError, type PruneError, unavailable } from './errors.js';
import { replaceFile, syncFolder } from './folder.js';
import { blobPath } from './offline/check-blobs.js';

export type BlobReferences = Readonly<Record<string, BlobReference>>;

/** Makes a record's blobs durable, before anything refers to them. Err kinds: `unavailable`. */
export async function keepBlobs(
  folder: string,
  blobs: NewRecord['blobs'],
): Promise<Result<BlobReferences | undefined, LedgerError>> {
  const entries = Object.entries(blobs ?? {});
  if (entries.length === 0) return ok(undefined);
  try {
    const references: [string, BlobReference][] = [];
    for (const [name, bytes] of entries) references.push([name, await keepBlob(folder, bytes)]);
    return ok(Object.fromEntries(references));
  } catch (cause) {
    return err(unavailable('a blob could not be stored', cause));
  }
}

async function keepBlob(folder: string, bytes: Uint8Array): Promise<BlobReference> {
  const sha256 = sha256Hex(bytes);
  const path = blobPath(folder, sha256);
  const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(folder);
  // Written even when it is there already: that heals a blob that was damaged, and never trusts one that was not synced.
  await replaceFile(path, bytes);
  return { sha256, size: bytes.length };
}

/** Reads a blob and checks that it is the one. Err kinds: `evidence.blob_absent`, `evidence.blob_damaged`, `evidence.blob_unreadable`. */
export async function readBlobFile(folder: string, sha256: string): Promise<Result<Uint8Array, BlobError>> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    return err({ kind: 'evidence.blob_absent', message: 'a blob is named by 64 lower-case hex digits', sha256 });
  }
  try {
    const bytes = await readFile(blobPath(folder, sha256));
    if (sha256Hex(bytes) === sha256) return ok(bytes);
    return err({ kind: 'evidence.blob_damaged', message: 'the blob does not hold what was stored', sha256 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return err({
        kind: 'evidence.blob_absent',
        message: 'the blob is not here: it was erased or never kept',
        sha256,
      });
    }
    return err({ kind: 'evidence.blob_unreadable', message: 'the blob could not be read', sha256, cause });
  }
}

/** What was erased; `sizeBytes` is how much room that made. */
export interface PruneSummary {
  readonly erased: number;
  readonly kept: number;
  readonly sizeBytes: number;
}

/** Erases the blobs that were last stored before a time. What records say of them, and every proof, stays. Err kinds: `evidence.prune_failed`. */
export async function pruneBlobFiles(folder: string, before: Date): Promise<Result<PruneSummary, PruneError>> {
  const summary = { erased: 0, kept: 0, sizeBytes: 0 };
  if (Number.isNaN(before.getTime())) {
    return err({ kind: 'evidence.prune_failed', message: 'the time is no ISO 8601 time', path: folder });
  }
  try {
    for (const prefix of await readdir(folder)) {
      for (const name of await readdir(join(folder, prefix))) {
        await pruneOne(join(folder, prefix, name), before, summary);
      }
      await syncFolder(join(folder, prefix));
    }
    return ok(summary);
  } catch (cause) {
    return err({ kind: 'evidence.prune_failed', message: 'not every old blob could be erased', path: folder, cause });
  }
}

async function pruneOne(path: string, before: Date, summary: { erased: number; kept: number; sizeBytes: number }) {
  // Storing a blob writes its file anew, also when it is there: its time is that of the last record about it.
  const { mtimeMs, size } = await stat(path);
  if (mtimeMs >= before.getTime()) {
    summary.kept += 1;
    return;
  }
  await rm(path);
  summary.erased += 1;
  summary.sizeBytes += size;
}
