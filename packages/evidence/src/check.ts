/** Checks a ledger record by record: the one judgement shared by `verify` and the offline verifier. Imports nothing but Node. */

import { checkHeads, type HeadSource } from './check-heads.js';
import { createDefects, type Defects } from './defect.js';
import { type BlobClaim, type Envelope, readEnvelope } from './envelope.js';
import type { EpochBase } from './epoch.js';
import { emptyFrontier, type Frontier, hashFramed, packPeaks, pushLeaf, rootOf, sameBytes, toHex } from './merkle.js';
import type { VerifierKey } from './note.js';

export interface CheckSummary {
  readonly size: number;
  readonly root: string;
  readonly heads: number;
  /** Records after the last signed head: normal in a running ledger for up to a second, a defect in an export. */
  readonly afterLastHead: number;
  /** Heads kept elsewhere that could not be compared, because their epoch is absent. */
  readonly unchecked: number;
}
/** Records `from` up to, not including, `to`, which are in the epochs before `before`. */
export interface AbsentEpochs {
  readonly from: number;
  readonly to: number;
  readonly before: number;
}
export interface LedgerCheck {
  readonly defects: Defects;
  /** The blobs that records refer to, by digest, with the first record that does. */
  readonly blobs: ReadonlyMap<string, { readonly size: number; readonly index: number }>;
  /** A file begins: on what it says that it begins on, which must be where the one before ended. */
  begin(base: EpochBase): void;
  /** What of the ledger is in no file that was checked. */
  readonly absent: readonly AbsentEpochs[];
  /** Every head of a file comes before its first record. */
  head(note: string, source?: HeadSource): void;
  /** A record's bytes behind one zero byte; `index` is where a database keeps it. Answers what the bytes say when the record is in its place. */
  record(framed: Uint8Array, index?: number): Envelope | undefined;
  /** The record at `index` cannot be read at all. */
  unreadable(index: number, message: string): void;
  /** The tree so far and the root of its last whole block of 256; undefined once a record is absent or out of place. */
  edge(): { readonly frontier: Frontier; readonly blockRoot: Uint8Array | undefined } | undefined;
  /** Ends the check; `stated` is how many records there should be. */
  finish(stated?: number): CheckSummary;
}

/**
 * How a record is read. Whole: parsed, so that what is wrong with it can be named. By its bytes alone: enough to hash it
 * and to see that it is the record of its place, several times as fast; good only when nothing is wrong in the end.
 */
export type Reading = 'whole' | 'bytes';

/** A check of one ledger against the key its heads must be signed with. */
export function createCheck(key: VerifierKey, reading: Reading = 'whole'): LedgerCheck {
  const defects = createDefects();
  const heads = checkHeads(key, defects);
  const frontier = emptyFrontier();
  const blobs = new Map<string, { size: number; index: number }>();
  const absent: AbsentEpochs[] = [];
  let next = 0;
  let started = false;
  /** Once a record is absent or out of place, roots cannot match any more: what is wrong has been named. */
  let broken = false;
  let blockRoot: Uint8Array | undefined;

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

  function begin({ epoch, frontier: base, head }: EpochBase): void {
    if (head === undefined) return;
    if (base.size < next) defects.add('out_of_order', 'an epoch begins before the one before it ended', base.size);
    else if (base.size === next && next > 0) {
      if (!broken && !sameBytes(packPeaks(base), packPeaks(frontier)))
        defects.add('bad_root', 'an epoch does not begin on the tree of the one before it', base.size);
    } else {
      absent.push({ from: next, to: base.size, before: epoch });
      // Its root is compared with the head that it begins with: so much of the absent epochs is signed.
      heads.head(head);
      [frontier.size, broken, next, started] = [base.size, false, base.size, true];
      frontier.peaks.splice(0, frontier.peaks.length, ...base.peaks);
      heads.reached(frontier);
    }
  }

  return {
    defects,
    blobs,
    absent,
    begin,
    head: heads.head,
    record(framed, stored) {
      start();
      if (reading === 'bytes' && isPlainly(framed, next)) {
        next += 1;
        blockRoot = pushLeaf(frontier, hashFramed(framed)) ?? blockRoot;
        heads.reached(frontier);
        return undefined;
      }
      const envelope = readEnvelope(framed);
      const index = stored ?? envelope?.index ?? next;
      if (!place(index)) return undefined;
      if (envelope === undefined) defects.add('bad_leaf', 'the bytes are not a record', index);
      else if (envelope.index !== index) defects.add('out_of_order', 'the bytes state another index', index);
      noteBlobs(blobs, index, envelope);
      blockRoot = pushLeaf(frontier, hashFramed(framed)) ?? blockRoot;
      if (!broken) heads.reached(frontier);
      return envelope;
    },
    edge: () => (broken ? undefined : { frontier, blockRoot }),
    unreadable(index, message) {
      start();
      broken = true;
      next = Math.max(next, index + 1);
      defects.add('unreadable', message, index);
    },
    finish(stated = next) {
      start();
      heads.finish(next);
      if (next < stated) defects.add('truncated', `${stated} records are stated, ${next} are there`, next);
      if (next > stated) defects.add('bad_root', `${stated} records are stated, ${next} are there`, stated);
      return {
        size: next,
        root: toHex(rootOf(frontier)),
        heads: heads.seen,
        afterLastHead: Math.max(0, next - heads.covered),
        unchecked: heads.unchecked,
      };
    },
  };
}

/** Whether the bytes look like the record of that index and refer to no blob: members stand in the order of their names. */
function isPlainly(framed: Uint8Array, index: number): boolean {
  const bytes = Buffer.from(framed.buffer, framed.byteOffset, framed.length);
  return beginsWith(bytes, BODY_FIRST) && bytes[bytes.length - 1] === CLOSING && bytes.includes(`,"index":${index},`);
}

/** Whether the bytes begin so behind their zero byte. */
export function beginsWith(framed: Uint8Array, prefix: Uint8Array): boolean {
  // Not a slice compared: this is asked of every line, and making slices takes longer than looking.
  for (let at = 0; at < prefix.length; at += 1) if (framed[at + 1] !== prefix[at]) return false;
  return true;
}

const BODY_FIRST = Buffer.from('{"body":');
const CLOSING = 0x7d;

function noteBlobs(blobs: Map<string, BlobClaim | { size: number; index: number }>, index: number, from?: Envelope) {
  for (const claim of Object.values(from?.blobs ?? {})) {
    if (!blobs.has(claim.sha256)) blobs.set(claim.sha256, { size: claim.size, index });
  }
}
