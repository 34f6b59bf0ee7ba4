/** Checks a ledger record by record: the one judgement shared by `verify` and the offline verifier. Imports nothing but Node. */

import { checkHeads, type HeadSource } from './check-heads.js';
import { createDefects, type Defects } from './defect.js';
import { type BlobClaim, COLUMNS, type Column, type Envelope, readEnvelope } from './envelope.js';
import { emptyFrontier, type Frontier, leafHash, pushLeaf, rootOf, sameBytes, toHex } from './merkle.js';
import type { VerifierKey } from './note.js';

/** A record as it was read: its exact bytes and, from a database, what stands beside them. */
export interface ReadRecord {
  readonly bytes: Uint8Array;
  readonly index?: number;
  readonly leaf?: Uint8Array;
  readonly columns?: Readonly<Record<Column, unknown>>;
}
export interface CheckSummary {
  readonly size: number;
  readonly root: string;
  readonly heads: number;
  /** Records after the last signed head: normal in a running ledger for up to a second, a defect in an export. */
  readonly afterLastHead: number;
}
export interface LedgerCheck {
  readonly defects: Defects;
  /** The blobs that records refer to, by digest, with the first record that does. */
  readonly blobs: ReadonlyMap<string, { readonly size: number; readonly index: number }>;
  /** Every head comes before the first record. */
  head(note: string, source?: HeadSource): void;
  record(read: ReadRecord): void;
  /** The record at `index` cannot be read at all. */
  unreadable(index: number, message: string): void;
  /** Ends the check; `claimed` is the tree that the store says it has. */
  finish(claimed?: { readonly size: number; readonly peaks?: readonly Uint8Array[] }): CheckSummary;
}

/** A check of one ledger against the key its heads must be signed with. */
export function createCheck(key: VerifierKey): LedgerCheck {
  const defects = createDefects();
  const heads = checkHeads(key, defects);
  const frontier = emptyFrontier();
  const blobs = new Map<string, { size: number; index: number }>();
  let next = 0;
  let started = false;
  /** Once a record is absent or out of place, roots cannot match any more: what is wrong has been named. */
  let broken = false;

  function start(): void {
    if (!started) heads.reached(frontier);
    started = true;
  }

  function place(index: number): boolean {
    if (index < next) {
      broken = true;
      defects.add('out_of_order', 'a record stands where its index does not belong', index);
      return false;
    }
    if (index > next) {
      broken = true;
      const last = index - 1;
      defects.add(
        'missing',
        last === next ? `record ${next} is absent` : `records ${next} to ${last} are absent`,
        next,
      );
    }
    next = index + 1;
    return true;
  }

  return {
    defects,
    blobs,
    head: heads.head,
    record(read) {
      start();
      const envelope = readEnvelope(read.bytes);
      const index = read.index ?? envelope?.index ?? next;
      if (!place(index)) return;
      const leaf = leafHash(read.bytes);
      checkRecord(read, index, leaf, envelope, defects);
      noteBlobs(blobs, index, envelope);
      pushLeaf(frontier, leaf);
      if (!broken) heads.reached(frontier);
    },
    unreadable(index, message) {
      start();
      broken = true;
      next = Math.max(next, index + 1);
      defects.add('unreadable', message, index);
    },
    finish(claimed) {
      start();
      heads.finish(next);
      if (claimed !== undefined) compareClaim(claimed, next, broken ? undefined : frontier, defects);
      return {
        size: next,
        root: toHex(rootOf(frontier)),
        heads: heads.seen,
        afterLastHead: Math.max(0, next - heads.covered),
      };
    },
  };
}

function checkRecord(
  read: ReadRecord,
  index: number,
  leaf: Uint8Array,
  envelope: Envelope | undefined,
  defects: Defects,
): void {
  if (envelope === undefined) {
    defects.add('bad_leaf', 'the bytes are not a record', index);
    return;
  }
  if (envelope.index !== index) defects.add('out_of_order', 'the bytes state another index', index);
  if (read.leaf !== undefined && !sameBytes(read.leaf, leaf)) {
    defects.add('bad_leaf', 'the bytes do not have the leaf hash that was stored with them', index);
  }
  const { columns } = read;
  if (columns === undefined) return;
  const wrong = COLUMNS.filter((column) => (envelope[column] ?? null) !== columns[column]);
  if (wrong.length > 0) {
    defects.add('bad_leaf', `the columns do not say what the bytes say: ${wrong.join(', ')}`, index);
  }
}

function noteBlobs(blobs: Map<string, BlobClaim | { size: number; index: number }>, index: number, from?: Envelope) {
  for (const claim of Object.values(from?.blobs ?? {})) {
    if (!blobs.has(claim.sha256)) blobs.set(claim.sha256, { size: claim.size, index });
  }
}

function compareClaim(
  claimed: { readonly size: number; readonly peaks?: readonly Uint8Array[] },
  size: number,
  computed: Frontier | undefined,
  defects: Defects,
): void {
  if (size < claimed.size) defects.add('truncated', `${claimed.size} records are stated, ${size} are there`, size);
  if (size > claimed.size) {
    defects.add('bad_root', `${claimed.size} records are stated, ${size} are there`, claimed.size);
  } else if (computed?.size === claimed.size && claimed.peaks !== undefined) {
    const { peaks } = claimed;
    const same =
      peaks.length === computed.peaks.length &&
      computed.peaks.every((peak, at) => sameBytes(peak, peaks[at] ?? peak.subarray(1)));
    if (!same) defects.add('bad_root', 'the stored tree is not the tree of the records', size);
  }
}
