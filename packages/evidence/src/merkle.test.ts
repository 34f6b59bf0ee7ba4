import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFrontier, leafHash, nodeHash, packPeaks, pushLeaf, rootOf, toHex, unpackPeaks } from './merkle.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './merkle-proofs.js';

/** The leaves and roots of the Certificate Transparency reference tree (RFC 6962 implementations share them). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** `MTH` word for word as RFC 6962 §2.1 defines it. */
function definedRoot(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), entries[0] ?? Buffer.of());
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Buffer.of(1), definedRoot(entries.slice(0, split)), definedRoot(entries.slice(split)));
}

const rangeRoot = (entries: readonly Uint8Array[]) => (from: number, to: number) =>
  definedRoot(entries.slice(from, to));

function grown(entries: readonly Uint8Array[]) {
  const frontier = emptyFrontier();
  for (const entry of entries) pushLeaf(frontier, leafHash(entry));
  return frontier;
}

const entryLists = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });

describe('the Merkle tree', () => {
  it.each(ROOTS.map((root, size) => ({ root, size })))('has the reference root over $size leaves', ({ root, size }) => {
    const entries = LEAVES.slice(0, size).map((hex) => Buffer.from(hex, 'hex'));
    expect(toHex(rootOf(grown(entries)))).toBe(root);
  });

  it('has the root that RFC 6962 defines, whatever the leaves', () => {
    fc.assert(
      fc.property(entryLists, (entries) => {
        expect(toHex(rootOf(grown(entries)))).toBe(definedRoot(entries).toString('hex'));
      }),
    );
  });

  it('comes back from its packed peaks and grows on', () => {
    fc.assert(
      fc.property(entryLists, fc.uint8Array(), (entries, next) => {
        const frontier = grown(entries);
        const unpacked = unpackPeaks(frontier.size, packPeaks(frontier));
        expect(unpacked).toBeDefined();
        if (unpacked === undefined) return;
        pushLeaf(unpacked, leafHash(next));
        expect(toHex(rootOf(unpacked))).toBe(definedRoot([...entries, next]).toString('hex'));
      }),
    );
  });

  it('refuses packed peaks that are not those of a tree of that size', () => {
    expect(unpackPeaks(3, Buffer.alloc(32))).toBeUndefined();
    expect(unpackPeaks(-1, Buffer.alloc(0))).toBeUndefined();
    expect(unpackPeaks(1.5, Buffer.alloc(32))).toBeUndefined();
  });

  it('keeps leaves and inner nodes apart', () => {
    const [left, right] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))];
    expect(toHex(nodeHash(left, right))).not.toBe(toHex(leafHash(Buffer.concat([left, right]))));
  });
});

describe('inclusion proofs', () => {
  const cases = fc.integer({ min: 1, max: 70 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
  const claimOf = (size: number, index: number) => {
    const entries = Array.from({ length: size }, (_, at) => Buffer.from(`entry ${at}`));
    const leaves = entries.map(leafHash);
    const proof = inclusionProof(rangeRoot(entries), index, size);
    return { index, size, leaf: leaves[index] ?? Buffer.of(), root: definedRoot(entries), proof };
  };

  it('prove every leaf of every tree with at most log2 n hashes', () => {
    fc.assert(
      fc.property(cases, ([size, index]) => {
        const claim = claimOf(size, index);
        expect(claim.proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(verifyInclusion(claim)).toBe(true);
      }),
    );
  });

  it('prove nothing for another index, size, leaf, root or path', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ([size, index], seed) => {
        const claim = claimOf(size, index);
        const other = Buffer.alloc(32, seed % 256);
        const at = seed % (claim.proof.length || 1);
        expect(verifyInclusion({ ...claim, leaf: other })).toBe(false);
        expect(verifyInclusion({ ...claim, root: other })).toBe(false);
        expect(verifyInclusion({ ...claim, index: size })).toBe(false);
        expect(verifyInclusion({ ...claim, index: -1 })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, other] })).toBe(false);
        if (size > 1) {
          expect(verifyInclusion({ ...claim, index: (index + 1) % size })).toBe(false);
          expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
          expect(verifyInclusion({ ...claim, proof: claim.proof.with(at, other) })).toBe(false);
        }
      }),
    );
  });
});

describe('consistency proofs', () => {
  const pairs = fc
    .integer({ min: 1, max: 70 })
    .chain((to) => fc.tuple(fc.integer({ min: 1, max: to }), fc.constant(to)));
  const claimOf = (from: number, to: number) => {
    const entries = Array.from({ length: to }, (_, at) => Buffer.from(`entry ${at}`));
    const proof = consistencyProof(rangeRoot(entries), from, to);
    return { from, to, fromRoot: definedRoot(entries.slice(0, from)), toRoot: definedRoot(entries), proof };
  };

  it('prove that a tree continues each earlier one', () => {
    fc.assert(fc.property(pairs, ([from, to]) => verifyConsistency(claimOf(from, to))));
    expect(verifyConsistency({ ...claimOf(1, 5), from: 0, fromRoot: definedRoot([]), proof: [] })).toBe(true);
  });

  it('prove nothing for other roots, sizes or paths', () => {
    fc.assert(
      fc.property(pairs, fc.nat(255), ([from, to], fill) => {
        const claim = claimOf(from, to);
        const other = Buffer.alloc(32, fill);
        expect(verifyConsistency({ ...claim, fromRoot: other })).toBe(false);
        expect(verifyConsistency({ ...claim, toRoot: other })).toBe(false);
        expect(verifyConsistency({ ...claim, from: to + 1 })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, other] })).toBe(false);
        if (claim.proof.length > 0) expect(verifyConsistency({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      }),
    );
  });
});
