/** Roots over any range of a kept tree: from the roots of whole blocks, and from the records only at its ends. */

import { BLOCK_RECORDS, blockOf, splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { emptyFrontier, hashFramed, pushLeaf, rootOf } from './merkle.js';
import type { RangeRoot } from './merkle-proofs.js';
import type { Store } from './store.js';

/** Reads roots as proofs ask for them: a range begins where a perfect subtree of its size may. Throws when a record or a block is absent. */
export function rangeRootReader(store: Store): RangeRoot {
  const leaves = new Map<number, readonly Uint8Array[]>();
  const leavesOf = (block: number): readonly Uint8Array[] => {
    const known = leaves.get(block);
    if (known !== undefined) return known;
    const read = readLeaves(store, block);
    leaves.set(block, read);
    return read;
  };
  return (from, to) => {
    const edge = emptyFrontier();
    const whole = from % BLOCK_RECORDS === 0 ? blockOf(to) - blockOf(from) : 0;
    for (const root of blockRoots(store, blockOf(from), whole)) pushLeaf(edge, root);
    const rest = emptyFrontier();
    for (let at = from + whole * BLOCK_RECORDS; at < to; at += 1) {
      const leaf = leavesOf(blockOf(at))[at % BLOCK_RECORDS];
      if (leaf === undefined) throw new Error('a record is absent');
      pushLeaf(rest, leaf);
    }
    // Whole blocks are the larger subtrees, so their peaks stand in front.
    return rootOf({ size: to - from, peaks: [...edge.peaks, ...rest.peaks] });
  };
}

function blockRoots(store: Store, first: number, count: number): Uint8Array[] {
  if (count === 0) return [];
  const rows = store
    .statement('SELECT root FROM block WHERE number >= ? AND number < ? ORDER BY number')
    .all(first, first + count);
  if (rows.length !== count) throw new Error('a block is absent');
  return rows.map(({ root }) => bytesOf(root));
}

function readLeaves(store: Store, block: number): Uint8Array[] {
  const rows = store
    .statement('SELECT bytes FROM chunk WHERE first >= ? AND first < ? ORDER BY first')
    .all(block * BLOCK_RECORDS, (block + 1) * BLOCK_RECORDS);
  return rows.flatMap(({ bytes }) => splitChunk(bytesOf(bytes)) ?? []).map(hashFramed);
}
