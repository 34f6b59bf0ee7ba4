/** The errors of this package. */

import type { Defect, LedgerError } from '@meshclaw/core';

interface OpenError<K extends string> {
  readonly kind: `evidence.${K}`;
  readonly message: string;
  /** What the owner can do about it. */
  readonly remedy: string;
  readonly path: string;
  readonly cause?: unknown;
}
/** Why a ledger was not opened. */
export type LedgerOpenError =
  | OpenError<
      | 'insecure_permissions'
      | 'invalid_origin'
      | 'origin_mismatch'
      | 'key_missing'
      | 'key_unreadable'
      | 'key_mismatch'
      | 'ledger_missing'
      | 'unsupported_format'
      | 'unavailable'
    >
  | (OpenError<'damaged'> & { readonly defects: readonly Defect[] });

/** Why a blob was not read: it was never here or was erased, its bytes are not the ones that were stored, or the disk failed. */
export interface BlobError {
  readonly kind: 'evidence.blob_absent' | 'evidence.blob_damaged' | 'evidence.blob_unreadable';
  readonly message: string;
  readonly sha256: string;
  readonly cause?: unknown;
}

/** Why an export was not written. */
export interface ExportError {
  readonly kind: 'evidence.export_failed';
  readonly message: string;
  readonly path: string;
  readonly cause?: unknown;
}

/** Why old blobs were not, or not all, erased. */
export interface PruneError {
  readonly kind: 'evidence.prune_failed';
  readonly message: string;
  readonly path: string;
  readonly cause?: unknown;
}

/** Why a folder was not imported. */
export interface ImportError {
  readonly kind: 'evidence.import_failed';
  readonly message: string;
  readonly path: string;
  readonly cause?: unknown;
}

/** Why nothing was proved: no head covers it, the head given is not one of this ledger, or the ledger could not be read. */
export interface ProofError {
  readonly kind: 'evidence.not_covered' | 'evidence.bad_head' | 'evidence.unavailable';
  readonly message: string;
  readonly index?: number;
  readonly cause?: unknown;
}

/** The ledger's `unavailable`, with what caused it. */
export function unavailable(message: string, cause?: unknown): LedgerError {
  return cause === undefined ? { kind: 'unavailable', message } : { kind: 'unavailable', message, cause };
}
