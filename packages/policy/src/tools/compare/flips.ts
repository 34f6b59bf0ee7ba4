/** Decisions that come out otherwise under another policy. */

import type { Decision, DecisionRequest, Effect, PolicyDecisionPoint } from '@meshclaw/core';

/** What was answered: the effect and the rules that gave it. */
export interface Answer {
  readonly effect: Effect;
  readonly rules: readonly string[];
}
/** One request that is answered otherwise. `milder` is the direction to look at. */
export interface Flip {
  readonly requestId: string;
  readonly subject: string;
  readonly operation: string;
  readonly resource: string;
  readonly before: Answer;
  readonly after: Answer;
  readonly milder: boolean;
}
const ORDER: readonly Effect[] = ['read_state', 'auto_safe', 'approval_required', 'deny'];

/** An answer out of a decision. */
export const answerOf = ({ effect, reasons }: Pick<Decision, 'effect' | 'reasons'>): Answer => ({
  effect,
  rules: [...new Set(reasons.map(({ rule }) => rule))],
});

/** The flip between two answers to one request; undefined when the effect is the same. */
export function flipBetween(
  { requestId, subject, action, resource }: DecisionRequest,
  before: Answer,
  after: Answer,
): Flip | undefined {
  if (after.effect === before.effect) return undefined;
  return {
    requestId,
    subject: `${subject.type}:${subject.id}`,
    operation: action.name,
    resource: resource.id,
    before,
    after,
    milder: ORDER.indexOf(after.effect) < ORDER.indexOf(before.effect),
  };
}

/** The requests of a set that two policies answer with another effect, in their order. */
export async function compareDecisions(
  one: PolicyDecisionPoint,
  other: PolicyDecisionPoint,
  requests: readonly DecisionRequest[],
): Promise<readonly Flip[]> {
  const flips: Flip[] = [];
  for (const request of requests) {
    const [before, after] = [await one.decide(request), await other.decide(request)];
    const flip = flipBetween(request, answerOf(before), answerOf(after));
    if (flip) flips.push(flip);
  }
  return flips;
}
