/** The Merkle tree of RFC 6962 §2.1 over SHA-256, kept as its right edge. Imports nothing but Node. */

import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/**
 * The right edge of a tree: the roots of its perfect subtrees, largest first, one for each set bit of `size`.
 * Mutable, because a group of appends pushes thousands of leaves onto it.
 */
export interface Frontier {
  size: number;
  readonly peaks: Uint8Array[];
}

/** `SHA-256(0x00 ‖ bytes)`: the hash of one record (RFC 6962 §2.1). */
export function leafHash(bytes: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(bytes.length + 1);
  framed[0] = 0;
  framed.set(bytes, 1);
  return hashFramed(framed);
}

/** The same of bytes that already have the zero byte in front of them. */
export function hashFramed(framed: Uint8Array): Uint8Array {
  return hash('sha256', framed, 'buffer');
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** `SHA-256(0x01 ‖ left ‖ right)`: the hash of an inner node (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/** The frontier of the empty tree. */
export function emptyFrontier(): Frontier {
  return { size: 0, peaks: [] };
}

/** A frontier that can be pushed onto without changing the first. */
export function copyFrontier(frontier: Frontier): Frontier {
  return { size: frontier.size, peaks: [...frontier.peaks] };
}

/** Levels from a leaf to the root of a block of 256. */
const BLOCK_LEVEL = 8;

/** Adds one leaf hash at the right; answers the root of the perfect subtree of 256 leaves that it completes, if it does. */
export function pushLeaf(frontier: Frontier, leaf: Uint8Array): Uint8Array | undefined {
  let merged = leaf;
  let blockRoot: Uint8Array | undefined;
  let level = 0;
  for (let size = frontier.size; size % 2 === 1; size = Math.floor(size / 2)) {
    merged = nodeHash(frontier.peaks.pop() as Uint8Array, merged);
    level += 1;
    if (level === BLOCK_LEVEL) blockRoot = merged;
  }
  frontier.peaks.push(merged);
  frontier.size += 1;
  return blockRoot;
}

/** The tree's root: `MTH(D[n])` of RFC 6962, that of no leaves being the hash of nothing. */
export function rootOf(frontier: Frontier): Uint8Array {
  const last = frontier.peaks.at(-1);
  if (last === undefined) return hash('sha256', '', 'buffer');
  return frontier.peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** The peaks as they are stored: `popcount(size)` hashes of 32 bytes, largest subtree first. */
export function packPeaks(frontier: Frontier): Uint8Array {
  return Buffer.concat(frontier.peaks);
}

/** A stored frontier, or undefined when the number of hashes is not the one that a tree of `size` leaves has. */
export function unpackPeaks(size: number, packed: Uint8Array): Frontier | undefined {
  if (!Number.isSafeInteger(size) || size < 0 || packed.length !== setBits(size) * HASH_BYTES) return undefined;
  const peaks = Array.from({ length: packed.length / HASH_BYTES }, (_, at) =>
    Buffer.from(packed.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  );
  return { size, peaks };
}

/** How many perfect subtrees a tree of that many leaves has. */
export function setBits(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** Lower-case hex of a hash. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** Whether two hashes are the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
