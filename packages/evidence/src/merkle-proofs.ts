/** Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say. Imports nothing but Node. */

import { emptyFrontier, HASH_BYTES, nodeHash, rootOf, sameBytes } from './merkle.js';

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

/** The root over the leaves from `from` up to, not including, `to`. */
export type RangeRoot = (from: number, to: number) => Hash;

/** The audit path of leaf `index` in the tree of `size` leaves: at most ⌈log2 n⌉ hashes, lowest first. */
export function inclusionProof(rangeRoot: RangeRoot, index: number, size: number): Hash[] {
  return index < 0 || index >= size ? [] : inclusionPath(rangeRoot, index, 0, size);
}

function inclusionPath(rangeRoot: RangeRoot, index: number, from: number, to: number): Hash[] {
  if (to - from === 1) return [];
  const split = from + splitOf(to - from);
  return index < split
    ? [...inclusionPath(rangeRoot, index, from, split), rangeRoot(split, to)]
    : [...inclusionPath(rangeRoot, index, split, to), rangeRoot(from, split)];
}

/** Whether `leaf` stands at `index` of the tree of `size` leaves with that root. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  if (!isSize(claim.index) || !isSize(claim.size) || claim.index >= claim.size) return false;
  if (!areHashes([claim.leaf, claim.root, ...claim.proof])) return false;
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

/** The hashes that prove the first `from` leaves to be a prefix of all `to`. */
export function consistencyProof(rangeRoot: RangeRoot, from: number, to: number): Hash[] {
  return from <= 0 || from >= to ? [] : subproof(rangeRoot, from, 0, to, true);
}

/** Whether the tree of `to` leaves continues the tree of `from` leaves. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (!isSize(from) || !isSize(to) || from > to) return false;
  if (!areHashes([fromRoot, toRoot, ...proof])) return false;
  if (from === to) return proof.length === 0 && sameBytes(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && sameBytes(fromRoot, rootOf(emptyFrontier()));
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

function subproof(rangeRoot: RangeRoot, old: number, from: number, to: number, whole: boolean): Hash[] {
  if (old === to) return whole ? [] : [rangeRoot(from, to)];
  const split = from + splitOf(to - from);
  return old <= split
    ? [...subproof(rangeRoot, old, from, split, whole), rangeRoot(split, to)]
    : [...subproof(rangeRoot, old, split, to, false), rangeRoot(from, split)];
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

/** Bytes of another length are no hash: hashed as one they would leave room for what was hashed before. */
const areHashes = (hashes: readonly Hash[]): boolean => hashes.every(({ length }) => length === HASH_BYTES);
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isPowerOfTwo = (value: number): boolean => 2 ** Math.round(Math.log2(value)) === value;
