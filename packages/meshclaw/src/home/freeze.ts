/** The freeze: anyone may set it, only an approver's signature clears it. */

import type { Approver, Ledger, StoredRecord, Subject } from '@meshclaw/core';
import { subjectName } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { ChangeError } from '../errors.js';
import { changeStatement, checkChange } from './signed-change.js';

/** The freeze that is in force. `since` is ISO 8601 UTC; `index` is its record. */
export interface Freeze {
  readonly index: number;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

/** What is frozen now; undefined when nothing is. Err kinds: `meshclaw.evidence_unavailable`. */
export async function currentFreeze(ledger: Ledger): Promise<Result<Freeze | undefined, ChangeError>> {
  const found = await ledger.find({ types: ['freeze.set', 'freeze.cleared'], order: 'newest_first', limit: 1 });
  return found.map(([newest]) => (newest?.type === 'freeze.set' ? freezeOf(newest) : undefined)).mapErr(noEvidence);
}

function freezeOf({ index, recordedAt, subject, body }: StoredRecord): Freeze {
  const reason = (body as { readonly reason?: unknown } | null)?.reason;
  return { index, since: recordedAt, by: subject ?? 'unknown', reason: typeof reason === 'string' ? reason : '' };
}

/** Stops every class but read, at once, in every process. Err kinds: `meshclaw.evidence_unavailable`. */
export async function setFreeze(
  ledger: Ledger,
  subject: Subject,
  reason: string,
): Promise<Result<number, ChangeError>> {
  const kept = await ledger.append([{ type: 'freeze.set', subject: subjectName(subject), body: { reason } }]);
  return kept.map(([receipt]) => receipt?.index ?? -1).mapErr(noEvidence);
}

/** The text an approver signs to clear exactly this freeze. */
export const unfreezeStatement = (ledger: Ledger, { index, since, reason }: Freeze): string =>
  changeStatement('freeze.clear', { since, reason }, { ledger: ledger.id, after: index });

/** Clears the freeze when the signature holds. Err kinds: `meshclaw.bad_signature`, `meshclaw.unknown_key`, `meshclaw.changed_meanwhile`, `meshclaw.evidence_unavailable`. */
export async function clearFreeze(
  ledger: Ledger,
  freeze: Freeze,
  subject: Subject,
  signature: string,
  approvers: readonly Approver[],
): Promise<Result<string, ChangeError>> {
  const statement = unfreezeStatement(ledger, freeze);
  const signer = checkChange(statement, signature, approvers);
  if (signer.isErr()) return err(signer.error);
  const { name, fingerprint } = signer.value;
  const body = { freeze: freeze.index, signed_by: name, signer_fingerprint: fingerprint, statement, signature };
  const kept = await ledger.append([{ type: 'freeze.cleared', subject: subjectName(subject), body }], {
    types: ['freeze.set', 'freeze.cleared'],
    from: freeze.index + 1,
  });
  if (kept.isErr()) return err(kept.error.kind === 'overtaken' ? changedMeanwhile : noEvidence(kept.error));
  return ok(name);
}

const changedMeanwhile: ChangeError = {
  kind: 'meshclaw.changed_meanwhile',
  message: 'the freeze changed while this was being done; look again',
  detail: 'meshclaw freeze --show',
};
const noEvidence = ({ message }: { readonly message: string }): ChangeError => ({
  kind: 'meshclaw.evidence_unavailable',
  message: 'the evidence ledger cannot be used',
  detail: message,
});
