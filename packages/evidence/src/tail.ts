/** The cheap check at every opening: the newest records, the stored tree and the last signed head agree. */

import { createDefects, type Defect } from './defect.js';
import { type Frontier, leafHash, pushLeaf, rootOf, sameBytes, setBits } from './merkle.js';
import { readHead, type TreeHead, type VerifierKey } from './note.js';
import { bytesOf, type Store } from './store.js';

/** Bounds the check to a few milliseconds: the records under the tree's smaller peaks, fewer than this. */
const TAIL_RECORDS = 2048;

/** What is wrong with the end of the ledger, as it is in one read transaction. Throws SQLite's errors. */
export function checkTail(store: Store, key: VerifierKey): Defect[] {
  const defects = createDefects();
  const stored = store.frontier();
  const { count } = store.statement('SELECT coalesce(max(idx) + 1, 0) AS count FROM record').get() ?? {};
  if (Number(count) < stored.size) defects.add('truncated', 'the newest records are absent', Number(count));
  if (Number(count) > stored.size) defects.add('out_of_order', 'there are records outside the tree', stored.size);
  const last = store.statement('SELECT size, note FROM head ORDER BY size DESC LIMIT 1').get();
  const reading = typeof last?.note === 'string' ? readHead(last.note, key) : undefined;
  if (stored.size > 0 && reading === undefined) defects.add('truncated', 'the signed heads are absent', 0);
  else if (reading !== undefined && reading.kind !== 'good') defects.add(reading.kind, reading.message);
  const head = reading?.kind === 'good' ? reading.head : undefined;
  const found = defects.list.length === 0 ? mismatch(store, stored, head) : undefined;
  return found === undefined ? defects.list : [found];
}

function mismatch(store: Store, stored: Frontier, head: TreeHead | undefined): Defect | undefined {
  if (head !== undefined && head.size > stored.size) {
    return defect('truncated', 'the last signed head covers more records than there are', stored.size);
  }
  const from = stored.size - (stored.size % TAIL_RECORDS);
  const rebuilt: Frontier = { size: from, peaks: stored.peaks.slice(0, setBits(from)) };
  const differs = () => rebuilt.size === head?.size && !sameBytes(rootOf(rebuilt), head.root);
  let headDiffers = differs();
  for (const { idx, bytes } of store.statement('SELECT idx, bytes FROM record WHERE idx >= ? ORDER BY idx').all(from)) {
    if (idx !== rebuilt.size) return defect('missing', 'a record is absent', rebuilt.size);
    pushLeaf(rebuilt, leafHash(bytesOf(bytes)));
    headDiffers ||= differs();
  }
  if (headDiffers)
    return defect('bad_root', 'the newest records are not the ones the last head was signed over', head?.size);
  const same = stored.peaks.every((peak, at) => sameBytes(peak, rebuilt.peaks[at] ?? new Uint8Array()));
  return same ? undefined : defect('bad_root', 'the stored tree is not the tree of the newest records', stored.size);
}

function defect(kind: Defect['kind'], message: string, index = 0): Defect {
  return { kind, index, message };
}
