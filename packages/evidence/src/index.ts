/** The evidence ledger: append-only, hashed into one tree, signed, and checked without trusting it. */

export type { PruneSummary } from './blobs.js';
export type { BlobError, ExportError, ImportError, LedgerOpenError, ProofError, PruneError } from './errors.js';
export type { ExportSummary } from './export.js';
export { type ImportSummary, importFolder } from './import-folder.js';
export type { LedgerHandle } from './ledger.js';
export { type LedgerOptions, openLedger } from './open-ledger.js';
export type { ClosedEpoch, EpochLimits } from './rotate.js';
