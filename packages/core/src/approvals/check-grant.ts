/** Whether a signed statement is a yes for exactly this: asked when it is recorded and again when it is used. */

import { err, ok, type Result } from 'neverthrow';
import { APPROVAL_NAMESPACE } from './allowed-signers.js';
import type { ApprovalError, ApprovalMethod } from './approval.js';
import type { Approver } from './approver.js';
import { verifySshSignature } from './ssh-signature.js';
import { parseStatement, type Statement } from './statement.js';

/** A yes whose signature holds. */
export interface CheckedGrant {
  readonly approver: Approver;
  readonly method: ApprovalMethod;
  readonly statement: Statement;
}

/** Checks statement and signature against what is asked and who may answer. Err kinds: `wrong_statement`, `bad_signature`, `unknown_key`, `expired`. */
export function checkGrant(
  answer: { readonly statement: string; readonly signature: string },
  asked: { readonly approval: string; readonly digest: string; readonly ledger: string; readonly now: string },
  approvers: readonly Approver[],
): Result<CheckedGrant, ApprovalError> {
  const statement = parseStatement(answer.statement);
  if (
    !statement ||
    statement.approval !== asked.approval ||
    statement.digest !== asked.digest ||
    statement.ledger !== asked.ledger
  ) {
    return err({ kind: 'wrong_statement', message: 'what was signed is not the statement of this approval' });
  }
  if (asked.now >= statement.notAfter) return err({ kind: 'expired', message: 'the signed statement has expired' });
  const proof = verifySshSignature(answer.signature, answer.statement, APPROVAL_NAMESPACE);
  if (!proof) return err({ kind: 'bad_signature', message: 'the signature does not hold for this statement' });
  const approver = approvers.find((one) => one.publicKey === proof.key.blob);
  if (!approver) {
    return err({ kind: 'unknown_key', message: 'the key is not an approver', detail: proof.key.fingerprint });
  }
  return ok({ approver, method: proof.present ? 'presence' : 'signature', statement });
}

/** Whether a method is at least as strong as demanded. */
export const methodSuffices = (method: ApprovalMethod, minimum: ApprovalMethod): boolean =>
  minimum === 'signature' || method === 'presence';
