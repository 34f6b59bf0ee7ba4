/** Settling a change of which nobody knows whether it was done: an approver looked, and signs what he found. */

import {
  type Approver,
  type Found,
  type Ledger,
  type Subject,
  subjectName,
  type UnsettledExecution,
  unsettledExecutions,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { ChangeError } from '../errors.js';
import { changeStatement, checkChange } from './signed-change.js';

/** What was found, in one word and in a person's own. */
export interface Finding {
  readonly found: Found;
  readonly note: string;
}

/** The execution, when it is one that waits to be settled. Err kinds: `meshclaw.not_unsettled`, `meshclaw.evidence_unavailable`. */
export async function findUnsettled(
  ledger: Ledger,
  execution: string,
  now: string,
): Promise<Result<UnsettledExecution, ChangeError>> {
  const all = await unsettledExecutions(ledger, now);
  if (all.isErr()) return err(noEvidence(all.error));
  const waiting = all.value.filter(({ state }) => state !== 'running');
  const one = waiting.find((other) => other.execution === execution);
  const names = waiting.map((other) => other.execution).join(', ');
  const detail = waiting.length === 0 ? 'none does' : `these do: ${names}`;
  return one
    ? ok(one)
    : err({ kind: 'meshclaw.not_unsettled', message: 'no execution of this name waits to be settled', detail });
}

/** The text an approver signs to settle exactly this execution with exactly this finding. */
export function settleStatement(ledger: Ledger, one: UnsettledExecution, { found, note }: Finding): string {
  const { execution, operation, target, evidence } = one;
  const after = Number(evidence[0]);
  return changeStatement(
    'execution.settle',
    { execution, operation, target, found, note },
    { ledger: ledger.id, after },
  );
}

/** Puts the finding on record when the signature holds; answers who signed and the record. Err kinds: `meshclaw.bad_signature`, `meshclaw.unknown_key`, `meshclaw.changed_meanwhile`, `meshclaw.evidence_unavailable`. */
export async function settle(
  ledger: Ledger,
  one: UnsettledExecution,
  finding: Finding,
  subject: Subject,
  signature: string,
  approvers: readonly Approver[],
): Promise<Result<{ readonly signedBy: string; readonly index: number }, ChangeError>> {
  const statement = settleStatement(ledger, one, finding);
  const signer = checkChange(statement, signature, approvers);
  if (signer.isErr()) return err(signer.error);
  const { name, fingerprint } = signer.value;
  const { execution, operation, target, plan } = one;
  const kept = await ledger.append([
    {
      type: 'execution.settled',
      execution,
      operation,
      target,
      subject: subjectName(subject),
      ...(plan === undefined ? {} : { plan }),
      once: `settled:${execution}`,
      body: { ...finding, signed_by: name, signer_fingerprint: fingerprint, statement, signature },
    },
  ]);
  return kept
    .map(([receipt]) => ({ signedBy: name, index: receipt?.index ?? -1 }))
    .mapErr((error) => (error.kind === 'already_recorded' ? settledMeanwhile : noEvidence(error)));
}

const settledMeanwhile: ChangeError = {
  kind: 'meshclaw.changed_meanwhile',
  message: 'somebody settled it while this was being done',
  detail: '',
};
const noEvidence = ({ message }: { readonly message: string }): ChangeError => ({
  kind: 'meshclaw.evidence_unavailable',
  message: 'the evidence ledger cannot be used',
  detail: message,
});
