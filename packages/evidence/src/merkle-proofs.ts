/** Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say. Imports nothing but Node. */

import { emptyFrontier, nodeHash, pushLeaf, rootOf, sameBytes } from './merkle.js';

type Hash = Uint8Array;
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}
export interface ConsistencyClaim {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Hash;
  readonly toRoot: Hash;
  readonly proof: readonly Hash[];
}

/** The audit path of leaf `index` in the tree over all `leaves` (leaf hashes): at most ⌈log2 n⌉ hashes, lowest first. */
export function inclusionProof(leaves: readonly Hash[], index: number): Hash[] {
  if (index < 0 || index >= leaves.length || leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(left, index), treeRoot(right)]
    : [...inclusionProof(right, index - split), treeRoot(left)];
}

/** Whether `leaf` stands at `index` of the tree of `size` leaves with that root. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  if (!isSize(claim.index) || !isSize(claim.size) || claim.index >= claim.size) return false;
  let [at, last, hash] = [claim.index, claim.size - 1, claim.leaf];
  for (const sibling of claim.proof) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      hash = nodeHash(sibling, hash);
      [at, last] = isOdd(at) ? [at, last] : skipZeros(at, last);
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(hash, claim.root);
}

/** The hashes that prove the first `from` of all `leaves` to be a prefix of them. */
export function consistencyProof(leaves: readonly Hash[], from: number): Hash[] {
  if (from <= 0 || from >= leaves.length) return [];
  return subproof(from, leaves, true);
}

/** Whether the tree of `to` leaves continues the tree of `from` leaves. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (!isSize(from) || !isSize(to) || from > to) return false;
  if (from === to) return proof.length === 0 && sameBytes(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && sameBytes(fromRoot, treeRoot([]));
  return foldConsistency(claim);
}

function foldConsistency({ from, to, fromRoot, toRoot, proof }: ConsistencyClaim): boolean {
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [at, last] = [from - 1, to - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  let [old, now] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      [old, now] = [nodeHash(sibling, old), nodeHash(sibling, now)];
      [at, last] = isOdd(at) ? [at, last] : skipZeros(at, last);
    } else {
      now = nodeHash(now, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(old, fromRoot) && sameBytes(now, toRoot);
}

function subproof(from: number, leaves: readonly Hash[], whole: boolean): Hash[] {
  if (from === leaves.length) return whole ? [] : [treeRoot(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...subproof(from, left, whole), treeRoot(right)]
    : [...subproof(from - split, right, false), treeRoot(left)];
}

function treeRoot(leaves: readonly Hash[]): Hash {
  const frontier = emptyFrontier();
  for (const leaf of leaves) pushLeaf(frontier, leaf);
  return rootOf(frontier);
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Up to the level where `at` is a right child, or the leftmost node. */
function skipZeros(at: number, last: number): [number, number] {
  let [node, edge] = [at, last];
  while (node !== 0 && !isOdd(node)) [node, edge] = [half(node), half(edge)];
  return [node, edge];
}

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isPowerOfTwo = (value: number): boolean => 2 ** Math.round(Math.log2(value)) === value;
