/** Refusals as data: one constructor a kind, with the engine's static messages. */

import type { Decision } from '../decision.js';
import type { ExecutorError } from '../executor.js';
import type { JsonValue } from '../json.js';
import type { LedgerError } from '../ledger.js';
import type { PendingApproval, Refusal, RefusalOf, RefusedWhy } from '../refusal.js';

/** What a refusal is about. */
export interface About {
  readonly operation: string;
  readonly target: string;
  readonly evidence?: readonly string[];
}

const base = ({ operation, target, evidence = [] }: About) => ({ operation, target, evidence });

const REFUSED: Readonly<Record<RefusedWhy, string>> = {
  obligation: 'policy allows this only with something that cannot be done here',
  already_used: 'this approval or plan was used before',
  overtaken: 'the state it was decided on changed before it could begin',
  frozen: 'everything but reading is frozen',
  inventory_unavailable: 'the inventory could not be read',
  unknown_plan: 'no readable plan has this id',
  unknown_execution: 'no change of this id was begun',
  expired: 'the plan has expired',
  not_the_asker: 'only the subject that asked for it may do this',
  cancelled: 'cancelled before anything was sent',
  approval_denied: 'an approver said no to exactly this; it holds for 24 hours',
  too_many_pending: 'too many of your requests wait for approval',
  defect: 'an internal defect stopped this before anything was sent',
};

export const invalidInput = (about: About, issues: readonly string[]): RefusalOf<'invalid_input'> => ({
  ...base(about),
  kind: 'invalid_input',
  message: 'the input does not fit the operation',
  issues,
});
export const unknownTarget = (about: About): RefusalOf<'unknown_target'> => ({
  ...base(about),
  kind: 'unknown_target',
  message: 'the inventory has no such target',
});
export const unsupportedHere = (about: About, reason: string): RefusalOf<'unsupported'> => ({
  ...base(about),
  kind: 'unsupported',
  message: 'this target has no way to do it',
  reason,
});
export const deniedBy = (about: About, decision: Decision): RefusalOf<'denied'> => ({
  ...base(about),
  kind: 'denied',
  message: 'policy denies this',
  decision,
});
export const approvalRequired = (
  about: About,
  decision: Decision,
  approval: PendingApproval,
): RefusalOf<'approval_required'> => ({
  ...base(about),
  kind: 'approval_required',
  message: 'a person has to approve this first',
  decision,
  approval,
});
export const staleState = (about: About, expected: JsonValue, found: JsonValue): RefusalOf<'stale'> => ({
  ...base(about),
  kind: 'stale',
  message: 'what would run, or what it was decided on, is not what was approved',
  expected,
  found,
});
export const refused = (about: About, why: RefusedWhy, cause?: unknown): RefusalOf<'refused'> => ({
  ...base(about),
  kind: 'refused',
  message: REFUSED[why],
  why,
  ...(cause === undefined ? {} : { cause }),
});
export const notSent = (about: About, error: ExecutorError): RefusalOf<'not_sent'> => ({
  ...base(about),
  kind: 'not_sent',
  message: 'nothing was sent to the target',
  error,
});
export const outcomeUnknown = (about: About, reason: string): RefusalOf<'outcome_unknown'> => ({
  ...base(about),
  kind: 'outcome_unknown',
  message: 'it may or may not have been done; look before you try again',
  reason,
});
export const stillRunning = (about: About, execution: string): RefusalOf<'running'> => ({
  ...base(about),
  kind: 'running',
  message: 'it was begun and goes on by itself; ask for its end later',
  execution,
});
export const unrecorded = (about: About, cause: unknown): RefusalOf<'unrecorded'> => ({
  ...base(about),
  kind: 'unrecorded',
  message: 'it ran, and its outcome could not be kept as evidence',
  cause,
});
export const unparseable = (about: About, detail: string): RefusalOf<'unparseable_output'> => ({
  ...base(about),
  kind: 'unparseable_output',
  message: 'the target answered something that cannot be read',
  detail,
});
export const evidenceUnavailable = (about: About, cause: unknown): RefusalOf<'evidence_unavailable'> => ({
  ...base(about),
  kind: 'evidence_unavailable',
  message: 'the evidence ledger cannot be used, so nothing is done',
  cause,
});

/** How the keys begin that give one change its turn. */
export const TURN = 'turn:';

/** Why an append that came before any execution failed, as the refusal it is. */
export function appendRefused(about: About, error: LedgerError): Refusal {
  switch (error.kind) {
    case 'already_recorded':
      // Somebody else began to change the target meanwhile.
      return refused(about, error.once?.startsWith(TURN) ? 'overtaken' : 'already_used', error);
    case 'overtaken':
      return refused(about, 'overtaken', error);
    case 'unavailable':
      return evidenceUnavailable(about, error);
  }
}
