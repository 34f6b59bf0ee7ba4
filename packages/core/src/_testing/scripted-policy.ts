/** A policy decision point that answers from a function, for tests of the engine. */

import type { Decision, DecisionRequest, Effect, Obligation, PolicyDecisionPoint } from '../decision.js';

/** What a test answers: an effect, or more of the decision. */
export type ScriptedAnswer = Effect | (Partial<Decision> & { readonly effect: Effect });
export interface ScriptedPolicy extends PolicyDecisionPoint {
  readonly requests: readonly DecisionRequest[];
}

const METHOD: Obligation = { id: 'approval.method', type: 'approval_method', parameters: { minimum: 'signature' } };

/** Answers each request with what `answer` says; reads are `read_state` and the rest `approval_required` when it says nothing. Only for tests. */
export function createScriptedPolicy(
  answer: (request: DecisionRequest) => ScriptedAnswer | undefined = () => undefined,
): ScriptedPolicy {
  const requests: DecisionRequest[] = [];
  return {
    digest: 'scripted',
    requests,
    decide: async (request) => {
      requests.push(request);
      const said = answer(request) ?? (request.action.class === 'read' ? 'read_state' : 'approval_required');
      const { effect, ...more } = typeof said === 'string' ? { effect: said } : said;
      return {
        requestId: request.requestId,
        effect,
        allowed: effect === 'read_state' || effect === 'auto_safe',
        class: request.action.class === 'judged' ? 'write' : request.action.class,
        reasons: [{ rule: 'test.scripted', title: 'scripted', severity: 'info', message: 'as the test says' }],
        obligations: effect === 'approval_required' ? [METHOD] : [],
        policyDigest: 'scripted',
        inputDigest: 'scripted',
        durationMs: 0,
        ...more,
      };
    },
  };
}
