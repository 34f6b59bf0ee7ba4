import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leafHash, nodeHash } from './merkle.js';
import {
  type ConsistencyClaim,
  consistencyProof,
  type InclusionClaim,
  inclusionProof,
  type RangeRoot,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proofs.js';

const file = new URL('./__fixtures__/rfc6962-proofs.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly inclusion: readonly { leafIdx: number; treeSize: number; root: string; leafHash: string; proof: string[] }[];
  readonly consistency: readonly { size1: number; size2: number; root1: string; root2: string; proof: string[] }[];
};
const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
const inclusions = vectors.inclusion.map(
  ({ leafIdx, treeSize, root, leafHash: leaf, proof }): InclusionClaim => ({
    ...{ index: leafIdx, size: treeSize, root: bytes(root), leaf: bytes(leaf) },
    proof: proof.map(bytes),
  }),
);
const consistencies = vectors.consistency.map(
  ({ size1, size2, root1, root2, proof }): ConsistencyClaim => ({
    ...{ from: size1, to: size2, fromRoot: bytes(root1), toRoot: bytes(root2) },
    proof: proof.map(bytes),
  }),
);

/** The leaves that all vectors are over. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
/** `MTH(D[from:to])` as RFC 6962 §2.1 defines it. */
const rangeRoot: RangeRoot = (from, to) => {
  if (to - from === 1) return leafHash(Buffer.from(LEAVES[from] ?? '', 'hex'));
  const split = from + 2 ** Math.ceil(Math.log2(to - from) - 1);
  return nodeHash(rangeRoot(from, split), rangeRoot(split, to));
};

const EMPTY_ROOT = bytes('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
const SOME_ROOT = leafHash(Buffer.from('some root'));
const NOTHING = new Uint8Array();

/** Changes to the hashes of a path, by the names that the suite gives them. */
function changedPaths(proof: readonly Uint8Array[], roots: Readonly<Record<string, Uint8Array>>) {
  const around = Object.entries({ garbage: NOTHING, ...roots }).flatMap(([name, hash]) => [
    [`trailing ${name}`, [...proof, hash]] as const,
    [`preceding ${name}`, [hash, ...proof]] as const,
  ]);
  const modified = proof.flatMap((hash, at) =>
    [3, 4].map((bit) => {
      const flipped = Uint8Array.from(hash);
      flipped[0] = (flipped[0] ?? 0) ^ (1 << bit);
      return [`modified proof[${at}] bit ${bit}`, proof.with(at, flipped)] as const;
    }),
  );
  const own = proof.length === 0 ? [] : [['preceding proof[0]', [proof[0] ?? NOTHING, ...proof]] as const];
  const less = [
    ['truncated proof', proof.slice(0, -1)] as const,
    ['empty proof', []] as const,
    ['a hash cut short', proof.map((hash) => hash.subarray(1))] as const,
  ];
  return [...around, ...own, ...modified, ...(proof.length === 0 ? [] : less)];
}

function wrongInclusions(claim: InclusionClaim): (readonly [string, InclusionClaim])[] {
  const { index, size, root, leaf, proof } = claim;
  return [
    ['leafIndex - 1', { ...claim, index: index - 1 }],
    ['leafIndex + 1', { ...claim, index: index + 1 }],
    ['leafIndex ^ 2', { ...claim, index: index ^ 2 }],
    ['treeSize * 2', { ...claim, size: size * 2 }],
    ['treeSize / 2', { ...claim, size: Math.floor(size / 2) }],
    ['wrong leaf', { ...claim, leaf: Buffer.from('WrongLeaf') }],
    ['another leaf', { ...claim, leaf: SOME_ROOT }],
    ['empty root', { ...claim, root: EMPTY_ROOT }],
    ['random root', { ...claim, root: SOME_ROOT }],
    ['root cut short', { ...claim, root: root.subarray(1) }],
    ...changedPaths(proof, { root, leaf }).map(([name, path]) => [name, { ...claim, proof: path }] as const),
  ];
}

function wrongConsistencies(claim: ConsistencyClaim): (readonly [string, ConsistencyClaim])[] {
  const { from, to, fromRoot, toRoot, proof } = claim;
  const one = from === to;
  return [
    ['size1 - 1', { ...claim, from: from - 1 }],
    ['size1 + 1', { ...claim, from: from + 1 }],
    ['size1 ^ 2', { ...claim, from: from ^ 2 }],
    ['size2 * 2', { ...claim, to: to * 2 }],
    ['size2 / 2', { ...claim, to: Math.floor(to / 2) }],
    ['wrong root1', { ...claim, fromRoot: Buffer.from('WrongRoot') }],
    ['wrong root2', { ...claim, toRoot: Buffer.from('WrongRoot') }],
    ...(one ? [] : [['swapped roots', { ...claim, fromRoot: toRoot, toRoot: fromRoot }] as const]),
    ...changedPaths(proof, { root1: fromRoot, root2: toRoot }).map(
      ([name, path]) => [name, { ...claim, proof: path }] as const,
    ),
  ];
}

describe('a proof with a hash of no length', () => {
  it('does not hold, whatever was hashed before it', () => {
    for (const claim of inclusions) {
      for (const at of claim.proof.keys()) {
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, proof: claim.proof.with(at, NOTHING) })).toBe(false);
      }
    }
  });
});

describe('the proof vectors of transparency-dev/merkle', () => {
  it.each(inclusions)('hold for the leaf $index of $size, and are what is proved here', (claim) => {
    expect(verifyInclusion(claim)).toBe(true);
    expect(inclusionProof(rangeRoot, claim.index, claim.size).map(toBase64)).toEqual(claim.proof.map(toBase64));
  });

  it.each(consistencies)('hold for the tree of $to after that of $from, and are what is proved here', (claim) => {
    expect(verifyConsistency(claim)).toBe(true);
    expect(consistencyProof(rangeRoot, claim.from, claim.to).map(toBase64)).toEqual(claim.proof.map(toBase64));
  });

  it('do not hold when one thing of an inclusion is changed', () => {
    const accepted = inclusions.flatMap((claim) =>
      wrongInclusions(claim).flatMap(([name, wrong]) => (verifyInclusion(wrong) ? [`${claim.index}: ${name}`] : [])),
    );
    expect(accepted).toEqual([]);
    expect(inclusions.flatMap(wrongInclusions).length).toBeGreaterThan(92);
  });

  it('do not hold when one thing of a consistency is changed', () => {
    const accepted = consistencies.flatMap((claim) =>
      wrongConsistencies(claim).flatMap(([name, wrong]) =>
        verifyConsistency(wrong) ? [`${claim.from}: ${name}`] : [],
      ),
    );
    expect(accepted).toEqual([]);
    expect(consistencies.flatMap(wrongConsistencies).length).toBeGreaterThan(92);
  });
});

const toBase64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');
