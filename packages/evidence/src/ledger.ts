/** The `Ledger` port over its parts. */

import type { Head, Ledger, LedgerError, NewRecord, RecordQuery, Unless } from '@meshclaw/core';
import { err, type Result, ResultAsync } from 'neverthrow';
import { type BlobReferences, keepBlobs, type PruneSummary, pruneBlobFiles, readBlobFile } from './blobs.js';
import { countInChain, findInChain } from './chain.js';
import type { Connection } from './connection.js';
import type { DatabaseConstructor } from './database.js';
import { type BlobError, type ExportError, type ProofError, type PruneError, unavailable } from './errors.js';
import { type ExportSummary, writeExport } from './export.js';
import type { LedgerPaths } from './folder.js';
import { rootOf, toHex } from './merkle.js';
import type { VerifierKey } from './note.js';
import { proveConsistency, proveInclusion } from './prove.js';
import { type Filter, pageOf, searchOf } from './query.js';
import { type Draft, draftRecord } from './record.js';
import type { ClosedEpoch } from './rotate.js';
import type { Store } from './store.js';
import { verifyStore } from './verify.js';
import type { Writer } from './writer.js';

/** An open ledger: the port, and what only its owner does. */
export interface LedgerHandle extends Ledger {
  readonly origin: string;
  /** `<origin>+<key id>+<key>`: what its heads are checked with; give it to whoever checks exports. */
  readonly verifierKey: string;
  /** The last signed head, a C2SP checkpoint, over everything acknowledged before: keep it elsewhere. Err kinds: `unavailable`. */
  signedHead(): ResultAsync<string, LedgerError>;
  /** The bytes of a blob that a record refers to. Err kinds: those of {@link BlobError}. */
  readBlob(sha256: string): ResultAsync<Uint8Array, BlobError>;
  /** Writes everything acknowledged before to a file for the offline verifier; an existing file is replaced. Err kinds: `evidence.export_failed`. */
  exportTo(path: string): ResultAsync<ExportSummary, ExportError>;
  /** As the port says; also against heads that were kept elsewhere, one note after the other. */
  verify(options?: { readonly against?: string }): ReturnType<Ledger['verify']>;
  /** Erases the blobs that were last stored before a time (ISO 8601); records and proofs stay whole. Err kinds: `evidence.prune_failed`. */
  pruneBlobs(before: string): ResultAsync<PruneSummary, PruneError>;
  /** Proves that a record stands under the last signed head: C2SP `tlog-proof` text that carries the record. Err kinds: `evidence.not_covered`, `evidence.unavailable`. */
  proveInclusion(index: number): ResultAsync<string, ProofError>;
  /** Proves that the last signed head continues an earlier one of this ledger, given as its note. Err kinds: those of {@link ProofError}. */
  proveConsistency(earlier: string): ResultAsync<string, ProofError>;
  /** Closes the present file with a signed head and goes on in a new one; both stay one ledger. Err kinds: `unavailable`. */
  rotate(): ResultAsync<ClosedEpoch, LedgerError>;
  /** Waits for appends under way, signs a last head and lets go of the file. Calls after it answer `unavailable`. */
  close(): Promise<void>;
}
export interface LedgerParts {
  readonly id: string;
  readonly writerName: string;
  readonly paths: LedgerPaths;
  readonly sqlite: DatabaseConstructor;
  readonly connection: Connection;
  readonly writer: Writer;
  readonly key: VerifierKey;
}

/** The ledger made of those parts. */
export function createHandle(parts: LedgerParts): LedgerHandle {
  const { id, key, paths, connection, writer } = parts;
  const read = <T>(from: (store: Store) => T) => new ResultAsync(connection.read(from));
  return {
    id,
    origin: key.origin,
    verifierKey: key.text,
    append: (records, unless) => new ResultAsync(append(parts, records, unless)),
    find: (query) => find(connection, query),
    count: (query) => count(connection, query),
    size: () => read((store) => store.tail().frontier.size),
    head: () => read(headOf),
    verify: (options) => new ResultAsync(verify(parts, options?.against)),
    signedHead: () => new ResultAsync(writer.signHead()).andThen(() => read(lastNote)),
    readBlob: (sha256) => new ResultAsync(readBlobFile(paths.blobs, sha256)),
    pruneBlobs: (before) => new ResultAsync(pruneBlobFiles(paths.blobs, new Date(before))),
    proveInclusion: (index) => prove(parts, (store) => proveInclusion(store, key, index)),
    proveConsistency: (earlier) => prove(parts, (store) => proveConsistency(store, key, earlier)),
    exportTo: (path) => new ResultAsync(exportTo(parts, path)),
    rotate: () => new ResultAsync(writer.rotate()),
    close: async () => {
      await writer.stop();
      connection.close();
    },
  };
}

function append(parts: LedgerParts, records: readonly NewRecord[], unless?: Unless) {
  const { writerName, writer } = parts;
  if (records.some(({ blobs }) => blobs !== undefined)) return appendWithBlobs(parts, records, unless);
  const drafts: Draft[] = [];
  for (const record of records) {
    const draft = draftRecord(record, writerName, undefined);
    if (draft.isErr()) return Promise.resolve(err<never, LedgerError>(draft.error));
    drafts.push(draft.value);
  }
  return writer.append(drafts, unless);
}

async function appendWithBlobs(
  { paths, writerName, writer }: LedgerParts,
  records: readonly NewRecord[],
  unless?: Unless,
) {
  const drafts: Draft[] = [];
  for (const record of records) {
    const blobs: Result<BlobReferences | undefined, LedgerError> = await keepBlobs(paths.blobs, record.blobs);
    const draft = blobs.andThen((references) => draftRecord(record, writerName, references));
    if (draft.isErr()) return err(draft.error);
    drafts.push(draft.value);
  }
  return writer.append(drafts, unless);
}

function find(connection: Connection, query: RecordQuery): ReturnType<Ledger['find']> {
  return searchOf(query).asyncAndThen(
    (search) => new ResultAsync(connection.read((store) => findInChain(store, query, search, pageOf(query)))),
  );
}

function count(connection: Connection, query: Filter): ReturnType<Ledger['count']> {
  return searchOf(query).asyncAndThen(
    (search) => new ResultAsync(connection.read((store) => countInChain(store, query, search))),
  );
}

function headOf(store: Store): Head {
  const { frontier } = store.tail();
  return { size: frontier.size, root: toHex(rootOf(frontier)) };
}

async function verify({ connection, sqlite, paths, key }: LedgerParts, against?: string) {
  const open = await connection.store();
  if (open.isErr()) return err(open.error);
  const heads = against === undefined ? {} : { against };
  const source = { sqlite, key, folder: paths.folder, blobs: paths.blobs, ...heads };
  return ResultAsync.fromPromise(verifyStore(source), (cause) => unavailable('the ledger could not be read', cause));
}

function prove(
  { connection, writer }: LedgerParts,
  from: (store: Store) => Result<string, ProofError>,
): ResultAsync<string, ProofError> {
  const unreadable = (cause: LedgerError): ProofError => ({
    kind: 'evidence.unavailable',
    message: 'the ledger could not be read',
    cause,
  });
  return new ResultAsync(writer.signHead())
    .andThen(() => new ResultAsync(connection.read(from)))
    .mapErr(unreadable)
    .andThen((proof) => proof);
}

async function exportTo({ connection, writer, key }: LedgerParts, path: string) {
  const failed = (cause: unknown): ExportError => ({
    kind: 'evidence.export_failed',
    message: 'the export could not be written',
    path,
    cause,
  });
  const signed = await writer.signHead();
  if (signed.isErr()) return err(failed(signed.error));
  const read = async <T>(from: (store: Store) => T): Promise<T> =>
    (await connection.read(from)).match(
      (value) => value,
      (error) => {
        throw error;
      },
    );
  return ResultAsync.fromPromise(writeExport(path, key, read), failed);
}

function lastNote(store: Store): string {
  return String(store.statement('SELECT note FROM head ORDER BY size DESC LIMIT 1').get()?.note);
}
