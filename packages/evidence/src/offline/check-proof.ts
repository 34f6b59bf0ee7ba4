/** Checks a proof against a key, and against a head that was kept. Imports nothing but Node. */

import { readFile } from 'node:fs/promises';
import { readEnvelope } from '../envelope.js';
import { leafHash, toHex } from '../merkle.js';
import { verifyConsistency, verifyInclusion } from '../merkle-proofs.js';
import { parseVerifierKey, readHead, type TreeHead, type VerifierKey } from '../note.js';
import { parseProof } from '../proof-text.js';

export interface ProofRequest {
  readonly path: string;
  /** The verifier key: a proof names none that could be believed. */
  readonly key: string;
  /** A file with the earlier head, which a consistency proof is about. */
  readonly against?: string;
}
/** What was proved, or why nothing was. */
export type ProofReport =
  | {
      readonly proves: 'inclusion';
      readonly index: number;
      readonly size: number;
      readonly root: string;
      readonly record: unknown;
    }
  | { readonly proves: 'consistency'; readonly from: number; readonly size: number; readonly root: string }
  | { readonly proves: 'nothing'; readonly message: string };

/** Checks the proof in a file. Throws what reading it throws. */
export async function checkProof({ path, key: text, against }: ProofRequest): Promise<ProofReport> {
  const proof = parseProof(await readFile(path, 'utf8'));
  const key = parseVerifierKey(text.trim());
  if (proof === undefined) return nothing('the file is not a proof');
  if (key === undefined) return nothing('the key given is not a verifier key');
  const reading = readHead(proof.note, key);
  if (reading.kind !== 'good') return nothing(reading.message);
  const { size, root } = reading.head;
  if (proof.kind === 'inclusion') {
    const claim = { index: proof.index, size, leaf: leafHash(proof.extra), root, proof: proof.hashes };
    if (!verifyInclusion(claim)) return nothing('the record does not stand there under this head');
    if (readEnvelope(proof.extra)?.index !== proof.index) return nothing('the record states another index');
    const record: unknown = JSON.parse(Buffer.from(proof.extra).toString('utf8'));
    return { proves: 'inclusion', index: proof.index, size, root: toHex(root), record };
  }
  const old = await earlierHead(key, against);
  if (typeof old === 'string') return nothing(old);
  if (old.size !== proof.oldSize) return nothing('the proof is about a head of another size');
  const claim = { from: old.size, to: size, fromRoot: old.root, toRoot: root, proof: proof.hashes };
  if (!verifyConsistency(claim)) return nothing('the later head does not continue the earlier one');
  return { proves: 'consistency', from: old.size, size, root: toHex(root) };
}

async function earlierHead(key: VerifierKey, against: string | undefined): Promise<TreeHead | string> {
  if (against === undefined) return 'this proof is about two heads: give the earlier one with --against';
  const reading = readHead(await readFile(against, 'utf8'), key);
  return reading.kind === 'good' ? reading.head : reading.message;
}

const nothing = (message: string): ProofReport => ({ proves: 'nothing', message });
