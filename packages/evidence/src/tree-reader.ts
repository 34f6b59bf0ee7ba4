/** Roots over any range of a kept tree: from the roots of whole blocks, and from the records only at its ends. */

import { BLOCK_RECORDS, blockOf, blockStart, splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { emptyFrontier, type Frontier, hashFramed, pushLeaf, rootOf } from './merkle.js';
import type { RangeRoot } from './merkle-proofs.js';
import type { Store } from './store.js';

/** Reads roots as proofs ask for them: a range begins where a perfect subtree of its size may. Throws when a record or a block is absent. */
export function rangeRootReader(files: readonly Store[]): RangeRoot {
  const base = files[0]?.base().frontier ?? emptyFrontier();
  const leaves = new Map<number, readonly Uint8Array[]>();
  const leavesOf = (block: number): readonly Uint8Array[] => {
    const known = leaves.get(block);
    if (known !== undefined) return known;
    const read = readLeaves(files, block);
    leaves.set(block, read);
    return read;
  };
  return (from, to) => {
    const known = peaksFrom(base, from);
    // What lies before the first file is one of the perfect subtrees that it begins on, or nothing of it is asked for.
    const edge: Frontier = { size: Math.max(from, Math.min(to, base.size)) - from, peaks: known.slice() };
    if (from < base.size && to <= base.size) return rootOf({ size: to - from, peaks: known.slice(0, 1) });
    for (let at = from + edge.size; at < to; ) {
      const rest = to - at;
      const whole = at % BLOCK_RECORDS === 0 && edge.size % BLOCK_RECORDS === 0 ? Math.floor(rest / BLOCK_RECORDS) : 0;
      if (whole > 0) {
        pushBlocks(edge, blockRoots(files, blockOf(at), whole));
        at += whole * BLOCK_RECORDS;
      } else {
        const leaf = leavesOf(blockOf(at))[at - Math.max(blockStart(at), base.size)];
        if (leaf === undefined) throw new Error('a record is absent');
        pushLeaf(edge, leaf);
        at += 1;
      }
    }
    return rootOf(edge);
  };
}

/** The subtrees that a frontier holds from an index on, largest first. Throws when none begins there. */
function peaksFrom({ size, peaks }: Readonly<Frontier>, from: number): Uint8Array[] {
  if (from >= size) return [];
  let start = 0;
  for (const [at, width] of widthsOf(size).entries()) {
    if (start === from) return peaks.slice(at);
    start += width;
  }
  throw new Error('a record is absent');
}

/** How many leaves each perfect subtree of a tree has, largest first. */
function widthsOf(size: number): number[] {
  const widths: number[] = [];
  for (let rest = size; rest > 0; rest -= widths.at(-1) ?? rest) widths.push(2 ** Math.floor(Math.log2(rest)));
  return widths;
}

/** Whole blocks behind whole blocks: in a tree of blocks each is a leaf. */
function pushBlocks(edge: Frontier, roots: readonly Uint8Array[]): void {
  const blocks: Frontier = { size: edge.size / BLOCK_RECORDS, peaks: edge.peaks };
  for (const root of roots) pushLeaf(blocks, root);
  edge.size = blocks.size * BLOCK_RECORDS;
}

function blockRoots(files: readonly Store[], first: number, count: number): Uint8Array[] {
  if (count === 0) return [];
  const rows = files.flatMap((file) =>
    file.statement('SELECT root FROM block WHERE number >= ? AND number < ? ORDER BY number').all(first, first + count),
  );
  if (rows.length !== count) throw new Error('a block is absent');
  return rows.map(({ root }) => bytesOf(root));
}

function readLeaves(files: readonly Store[], block: number): Uint8Array[] {
  const rows = files.flatMap((file) =>
    file
      .statement('SELECT bytes FROM chunk WHERE first >= ? AND first < ? ORDER BY first')
      .all(block * BLOCK_RECORDS, (block + 1) * BLOCK_RECORDS),
  );
  return rows.flatMap(({ bytes }) => splitChunk(bytesOf(bytes)) ?? []).map(hashFramed);
}
