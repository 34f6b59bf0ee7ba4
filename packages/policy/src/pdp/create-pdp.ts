/** The policy decision point over one bundle. It never rejects and never falls back to anything laxer. */

import {
  type Decision,
  type DecisionRequest,
  fromWireAnswer,
  type JsonObject,
  type PolicyDecisionPoint,
  sha256Hex,
  toWireRequest,
  wireAnswerSchema,
} from '@meshclaw/core';
import type { PolicyBundle } from '../bundle/bundle.js';
import { denyBecause, type FailureRule } from './deny.js';
import { loadModule, type PolicyInstance, type PolicyModule } from './evaluator.js';
import { createReadRequest } from './read-request.js';

/** The rule that answers everything. */
export const ENTRYPOINT = 'meshclaw/authz/decision';
/** So many failures in a row mean that the policy, not the request, is broken. */
const MOST_FAILURES = 3;

/** Loads a bundle. Rejects when it is not usable; afterwards nothing rejects. */
export async function createPdp(bundle: PolicyBundle): Promise<PolicyDecisionPoint> {
  const { programs, ...seen } = (bundle.data.meshclaw ?? {}) as JsonObject;
  // Rules see the facts that models make, never the models.
  const module = await loadModule(bundle.wasm, { ...bundle.data, meshclaw: seen }, ENTRYPOINT);
  const evaluate = createEvaluate(module);
  const readRequest = createReadRequest(seen, programs);
  return {
    digest: bundle.digest,
    decide: async (request) => {
      const started = performance.now();
      const given = readRequest(request);
      const measured = (inputDigest: string) => ({
        requestId: given.id,
        policyDigest: bundle.digest,
        inputDigest,
        durationMs: performance.now() - started,
      });
      if ('problem' in given) return denyBecause('policy.invalid_request', measured(''), given.problem);
      const digest = sha256Hex(given.text);
      const answer = evaluate(given.text, given.id);
      return 'failure' in answer
        ? denyBecause(answer.failure, measured(digest), answer.detail)
        : withSources(fromWireAnswer(answer.answer, measured(digest)), bundle);
    },
  };
}

type Answered =
  | { readonly answer: ReturnType<typeof wireAnswerSchema.parse> }
  | { readonly failure: FailureRule; readonly detail?: string };

function createEvaluate(module: PolicyModule): (text: string, id: string) => Answered {
  let instance: PolicyInstance | undefined;
  let failures = 0;
  return (text, id) => {
    let results: unknown;
    try {
      instance ??= failures < MOST_FAILURES ? module.instance() : proved(module.instance());
      results = instance.evaluate(text);
    } catch (cause) {
      instance = undefined; // its memory may be poisoned
      failures += 1;
      return failures >= MOST_FAILURES
        ? { failure: 'policy.unavailable', detail: `${failures} failures in a row` }
        : { failure: 'policy.error', detail: thrownText(cause) };
    }
    const answer = readResults(results, id);
    if ('answer' in answer) failures = 0;
    else instance = undefined; // a wrong echo may be stale memory
    return answer;
  };
}

/** After failures in a row a new instance must first answer a question that every policy can; throws when it does not. */
function proved(instance: PolicyInstance): PolicyInstance {
  const wire = toWireRequest(CANARY);
  if ('answer' in readResults(instance.evaluate(JSON.stringify(wire)), CANARY.requestId)) return instance;
  throw new Error('a new instance does not answer');
}

const CANARY: DecisionRequest = {
  requestId: 'canary',
  subject: { type: 'agent', id: 'canary' },
  action: { name: 'class.read', class: 'read', properties: {} },
  resource: { type: 'server', id: 'canary', properties: {}, facts: {} },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'check',
    surface: 'sdk',
    freeze: false,
    exposed: false,
    recent: {},
  },
};

/** Exactly one result, of the schema, that echoes the request. */
function readResults(results: unknown, id: string): Answered {
  const [only, ...more] = Array.isArray(results) ? results : [];
  const parsed = wireAnswerSchema.safeParse((only as { readonly result?: unknown } | undefined)?.result);
  return parsed.success && more.length === 0 && parsed.data.request_id === id
    ? { answer: parsed.data }
    : { failure: 'policy.malformed_decision' };
}

function thrownText(cause: unknown): string {
  const text = typeof cause === 'string' ? cause : ((cause as { message?: unknown } | null)?.message ?? 'unknown');
  return String(text).slice(0, 200);
}

/** Rules cannot see their own place; the bundle knows it. */
function withSources(decision: Decision, { manifest }: PolicyBundle): Decision {
  const placed = (reasons: Decision['reasons']): Decision['reasons'] =>
    reasons.map((reason) => {
      const rule = manifest.rules.find(({ id }) => id === reason.rule);
      return rule === undefined ? reason : { ...reason, source: `${rule.file}:${rule.row}` };
    });
  const { wouldHave } = decision;
  const watched = wouldHave && { wouldHave: { ...wouldHave, reasons: placed(wouldHave.reasons) } };
  return { ...decision, reasons: placed(decision.reasons), ...watched };
}
