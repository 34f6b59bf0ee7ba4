/** Makes proofs that need neither this ledger nor trust in it to be checked. */

import { err, ok, type Result } from 'neverthrow';
import { fileOf, unbrokenFiles } from './chain.js';
import type { ProofError } from './errors.js';
import { consistencyProof, inclusionProof } from './merkle-proofs.js';
import { readHead, type VerifierKey } from './note.js';
import { consistencyText, inclusionText } from './proof-text.js';
import { framedReader } from './read-records.js';
import type { Store } from './store.js';
import { rangeRootReader } from './tree-reader.js';

/** Proves that a record stands under the last signed head, as C2SP `tlog-proof` text with the record in its `extra` line. Throws SQLite's errors. */
export function proveInclusion(store: Store, key: VerifierKey, index: number): Result<string, ProofError> {
  const files = unbrokenFiles(store);
  const { note, size } = lastHead(store, key);
  if (index < startOf(files)) return err({ ...ABSENT, index });
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    return err({ kind: 'evidence.not_covered', message: 'no record has this index', index });
  }
  const framed = framedReader(fileOf(files, index) ?? store)(index);
  const hashes = inclusionProof(rangeRootReader(files), index, size);
  return ok(inclusionText({ index, extra: framed.subarray(1), hashes, note }));
}

/** Proves that the last signed head continues an earlier one. Err kinds: `evidence.bad_head`, `evidence.not_covered`. Throws SQLite's errors. */
export function proveConsistency(store: Store, key: VerifierKey, old: string): Result<string, ProofError> {
  const reading = readHead(old, key);
  if (reading.kind !== 'good') return err({ kind: 'evidence.bad_head', message: reading.message });
  const { size: oldSize } = reading.head;
  const { note, size } = lastHead(store, key);
  if (oldSize > size) {
    return err({
      kind: 'evidence.not_covered',
      message: 'the ledger has fewer records than this head',
      index: oldSize,
    });
  }
  const files = unbrokenFiles(store);
  if (oldSize < startOf(files)) return err({ ...ABSENT, index: oldSize });
  return ok(consistencyText({ oldSize, hashes: consistencyProof(rangeRootReader(files), oldSize, size), note }));
}

const ABSENT: ProofError = { kind: 'evidence.not_covered', message: 'the epoch that this is in is not here' };

const startOf = (files: readonly Store[]): number => files[0]?.base().frontier.size ?? 0;

function lastHead(store: Store, key: VerifierKey): { readonly note: string; readonly size: number } {
  const note = String(store.statement('SELECT note FROM head ORDER BY size DESC LIMIT 1').get()?.note);
  const reading = readHead(note, key);
  if (reading.kind !== 'good') throw new Error(reading.message);
  return { note, size: reading.head.size };
}
