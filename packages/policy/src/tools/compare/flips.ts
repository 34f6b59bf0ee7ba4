/** Decisions that come out otherwise under another policy. */

import { type DecisionRequest, EFFECTS, type Effect, type JsonObject, type PolicyDecisionPoint } from '@meshclaw/core';

/** What was answered: the effect, the rules that gave it, and what an approval or the change has to be like. */
export interface Answer {
  readonly effect: Effect;
  readonly rules: readonly string[];
  /** As `four_eyes` and `approval_method presence`, sorted. */
  readonly demands: readonly string[];
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
interface Decided {
  readonly effect: Effect;
  readonly reasons: readonly { readonly rule: string }[];
  readonly obligations: readonly { readonly type: string; readonly parameters: JsonObject }[];
}

/** An answer out of a decision. */
export const answerOf = ({ effect, reasons, obligations }: Decided): Answer => ({
  effect,
  rules: [...new Set(reasons.map(({ rule }) => rule))],
  demands: [...new Set(obligations.map(demandOf))].sort(),
});

const demandOf = ({ type, parameters }: Decided['obligations'][number]): string =>
  type === 'approval_method' ? `${type} ${String(parameters.minimum)}` : type;

/** The flip between two answers to one request; undefined when effect and demands are the same. Other rules with the same answer are no flip. */
export function flipBetween(
  { requestId, subject, action, resource }: DecisionRequest,
  before: Answer,
  after: Answer,
): Flip | undefined {
  const same = after.effect === before.effect;
  if (same && JSON.stringify(after.demands) === JSON.stringify(before.demands)) return undefined;
  return {
    requestId,
    subject: `${subject.type}:${subject.id}`,
    operation: action.name,
    resource: resource.id,
    before,
    after,
    milder: same ? demandsLess(before, after) : EFFECTS.indexOf(after.effect) < EFFECTS.indexOf(before.effect),
  };
}

/** Whether a demand is gone that nothing stronger stands for. */
const demandsLess = (before: Answer, after: Answer): boolean =>
  before.demands.some(
    (one) => !after.demands.includes(one) && !STRONGER[one]?.some((other) => after.demands.includes(other)),
  );

const STRONGER: Readonly<Record<string, readonly string[]>> = {
  'approval_method signature': ['approval_method presence'],
};

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
