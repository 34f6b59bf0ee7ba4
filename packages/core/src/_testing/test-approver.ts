/** An approver with a fresh key, for tests. */

import { generateKeyPairSync } from 'node:crypto';
import { okAsync } from 'neverthrow';
import { APPROVAL_NAMESPACE } from '../approvals/allowed-signers.js';
import type { Approver, ApproverRegistry } from '../approvals/approver.js';
import { parseSshPublicKey } from '../approvals/ssh-key.js';
import { ed25519Blob, signSshSignature } from '../approvals/ssh-sign.js';

export interface TestApprover extends Approver {
  /** The armoured signature of a text in the approvals' namespace, or in another one. */
  sign(text: string, namespace?: string): string;
}

/** Makes an Ed25519 key for `name`. */
export function createTestApprover(name: string): TestApprover {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = parseSshPublicKey(ed25519Blob(privateKey));
  if (!key) throw new Error('a fresh key is not a key');
  return {
    name,
    keyType: key.type,
    publicKey: key.blob,
    fingerprint: key.fingerprint,
    sign: (text, namespace = APPROVAL_NAMESPACE) => signSshSignature(privateKey, text, namespace),
  };
}

/** A registry of exactly these approvers; the array may be changed between calls. */
export const registryOf = (approvers: readonly Approver[]): ApproverRegistry => ({
  approvers: () => okAsync([...approvers]),
});
