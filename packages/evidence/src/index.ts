/** The evidence ledger: append-only, hashed into one tree, signed, and checked without trusting it. */

export type { BlobError, ExportError, LedgerOpenError, ProofError } from './errors.js';
export type { ExportSummary } from './export.js';
export type { LedgerHandle } from './ledger.js';
export { type LedgerOptions, openLedger } from './open-ledger.js';
