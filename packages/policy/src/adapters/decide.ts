/** Who answers a guard: a policy by itself, or a caller's session of a mesh. */

import {
  type AskedAction,
  type Decision,
  type DecisionRequest,
  type PolicyDecisionPoint,
  type Refusal,
  type Subject,
  type Surface,
  toWireDecision,
  wireDecisionSchema,
} from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';

/** Answers whether an action may be done now. `mesh.as(caller).decide` is one, and keeps each decision as evidence. */
export type Decide = (action: AskedAction) => ResultAsync<Decision, Refusal>;

/** Who asks, when there is no mesh that knows it. */
export interface Asker {
  readonly subject: Subject;
  readonly surface?: Surface;
  /** ISO 8601 UTC; the system's clock when left out. */
  readonly now?: () => string;
}
/** Why there is no answer that could be acted on. */
export interface Undecided {
  readonly kind: 'policy.undecided';
  readonly message: string;
  readonly cause?: unknown;
}

/** Asks a policy by itself: no ledger, so no evidence, no freeze and no counts. A mesh's session has all of it. */
export function decideWith(policy: Pick<PolicyDecisionPoint, 'decide'>, asker: Asker): Decide {
  const { subject, surface = 'sdk', now = () => new Date().toISOString() } = asker;
  return ({ name, class: actionClass, properties = {}, argv, resource }) => {
    const { type, id, properties: known = {} } = resource ?? { type: 'program', id: 'self' };
    const request: DecisionRequest = {
      requestId: `req-${crypto.randomUUID()}`,
      subject,
      action: { name, class: actionClass, properties, ...(argv === undefined ? {} : { argv }) },
      resource: { type, id, properties: known, facts: {} },
      context: { now: now(), mode: 'execute', surface, freeze: false, exposed: false, recent: {} },
    };
    return new ResultAsync(answerTo(policy, request));
  };
}

async function answerTo(
  policy: Pick<PolicyDecisionPoint, 'decide'>,
  request: DecisionRequest,
): Promise<Result<Decision, Refusal>> {
  const decision = await policy.decide(request);
  if (decision.requestId === request.requestId) return ok(decision);
  const about = { operation: request.action.name, target: request.resource.id, evidence: [] };
  return err({ kind: 'refused', why: 'defect', message: 'this answers another request', ...about });
}

/** The decision of whatever was asked. Whatever goes wrong on the way, or is not wholly a decision, is an error. Never rejects. */
export async function decided(
  decide: Decide,
  action: () => AskedAction,
): Promise<Result<Decision, Undecided | Refusal>> {
  try {
    const answer = await decide(action());
    if (answer.isErr()) return err(answer.error);
    return isDecision(answer.value)
      ? ok(answer.value)
      : err(undecided('policy answered something that is no decision'));
  } catch (cause) {
    return err(undecided('policy could not be asked', cause));
  }
}

const undecided = (message: string, cause?: unknown): Undecided => ({
  kind: 'policy.undecided',
  message,
  ...(cause === undefined ? {} : { cause }),
});

/** Of the schema, and `allowed` is what the effect says. */
function isDecision(decision: Decision): boolean {
  const mild = decision.effect === 'read_state' || decision.effect === 'auto_safe';
  return decision.allowed === mild && wireDecisionSchema.safeParse(toWireDecision(decision)).success;
}
