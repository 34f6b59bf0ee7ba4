/** Taking a no back: what an approver signs for it, and whether a signature is such an answer. */

import { err, ok, type Result } from 'neverthrow';
import { canonicalJson } from '../digest.js';
import { APPROVAL_NAMESPACE } from './allowed-signers.js';
import type { Approval, ApprovalError } from './approval.js';
import type { Approver } from './approver.js';
import { methodSuffices } from './check-grant.js';
import { verifySshSignature } from './ssh-signature.js';

/** The exact text: RFC 8785 JSON and a newline. `act` keeps it from being taken for a yes; an approval is denied at most once. */
export const reliefText = ({ id, digest }: Approval, ledger: string): string =>
  `${canonicalJson({ v: 1, act: 'denial.withdraw', approval: id, digest, ledger })}\n`;

/** The approver whose signature takes this no back. Err kinds: `bad_signature`, `unknown_key`, `weak_method`. */
export function checkRelief(
  approval: Approval,
  ledger: string,
  signature: string,
  approvers: readonly Approver[],
): Result<Approver, ApprovalError> {
  const proof = verifySshSignature(signature, reliefText(approval, ledger), APPROVAL_NAMESPACE);
  if (!proof) return err({ kind: 'bad_signature', message: 'the signature does not hold for this statement' });
  const approver = approvers.find((one) => one.publicKey === proof.key.blob);
  if (!approver) {
    return err({ kind: 'unknown_key', message: 'the key is not an approver', detail: proof.key.fingerprint });
  }
  return methodSuffices(proof.present ? 'presence' : 'signature', approval.demands.minimum)
    ? ok(approver)
    : err({ kind: 'weak_method', message: 'policy demands a key that proves presence', detail: 'signature' });
}
