/** Changes that only an approver may make: the statement that is signed, and whether a signature is such a yes. */

import { APPROVAL_NAMESPACE, type Approver, canonicalJson, type JsonObject, verifySshSignature } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { ChangeError } from '../errors.js';

/**
 * What is signed: RFC 8785 JSON and a newline. `act` keeps it from being taken for a plan's statement, `ledger` from
 * another installation, `after` (the ledger index of the state it changes) from being used again later.
 */
export function changeStatement(
  act: 'approver.add' | 'freeze.clear' | 'execution.settle',
  facts: JsonObject,
  binding: { readonly ledger: string; readonly after: number },
): string {
  return `${canonicalJson({ v: 1, act, ...facts, ...binding })}\n`;
}

/** The approver whose signature over exactly this statement holds. Err kinds: `meshclaw.bad_signature`, `meshclaw.unknown_key`. */
export function checkChange(
  statement: string,
  signature: string,
  approvers: readonly Approver[],
): Result<Approver, ChangeError> {
  const proof = verifySshSignature(signature, statement, APPROVAL_NAMESPACE);
  if (!proof) {
    return err({
      kind: 'meshclaw.bad_signature',
      message: 'the signature does not hold for this statement',
      detail: `namespace ${APPROVAL_NAMESPACE}`,
    });
  }
  const approver = approvers.find(({ publicKey }) => publicKey === proof.key.blob);
  return approver
    ? ok(approver)
    : err({ kind: 'meshclaw.unknown_key', message: 'the key is not an approver', detail: proof.key.fingerprint });
}
