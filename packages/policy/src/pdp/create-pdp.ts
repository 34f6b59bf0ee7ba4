/** The policy decision point over one bundle. It never rejects and never falls back to anything laxer. */

import {
  type Decision,
  type DecisionRequest,
  fromWireAnswer,
  type PolicyDecisionPoint,
  sha256Hex,
  toWireRequest,
  wireAnswerSchema,
  wireRequestSchema,
} from '@meshclaw/core';
import type { PolicyBundle } from '../bundle/bundle.js';
import { checkInput } from './check-input.js';
import { denyBecause, type FailureRule } from './deny.js';
import { loadModule, type PolicyInstance, type PolicyModule } from './evaluator.js';

/** The rule that answers everything. */
export const ENTRYPOINT = 'meshclaw/authz/decision';
/** So many failures in a row mean that the policy, not the request, is broken. */
const MOST_FAILURES = 3;

/** Loads a bundle. Rejects when it is not usable; afterwards nothing rejects. */
export async function createPdp(bundle: PolicyBundle): Promise<PolicyDecisionPoint> {
  const module = await loadModule(bundle.wasm, bundle.data, ENTRYPOINT);
  const evaluate = createEvaluate(module);
  const isJudged = judgedBy(bundle);
  return {
    digest: bundle.digest,
    decide: async (request) => {
      const started = performance.now();
      const given = readRequest(request, isJudged);
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

/** Whether the catalogue calls an operation judged. */
function judgedBy({ data }: PolicyBundle): (name: string) => boolean {
  const { operations = {} } = (data.meshclaw ?? {}) as { operations?: Record<string, { class?: unknown }> };
  return (name) => Object.hasOwn(operations, name) && operations[name]?.class === 'judged';
}

type ReadRequest = { readonly id: string } & ({ readonly text: string } | { readonly problem: string });

/** The exact text to evaluate. A judged operation is stated as a write: until its words are read, nothing milder is known. */
function readRequest(request: DecisionRequest, isJudged: (name: string) => boolean): ReadRequest {
  let id = '';
  try {
    if (typeof request.requestId === 'string') id = request.requestId;
    const { name, class: asked } = request.action;
    // The class of command text is never the asker's to say.
    if (isJudged(name) && asked !== 'judged') return { id, problem: 'action.class: this operation is judged' };
    const wire = toWireRequest(
      isJudged(name) ? { ...request, action: { ...request.action, class: 'write' } } : request,
    );
    const checked = checkInput(wire);
    if ('problem' in checked) return { id, ...checked };
    const parsed = wireRequestSchema.safeParse(wire);
    if (parsed.success) return { id, text: checked.text };
    return { id, problem: parsed.error.issues.map(({ path }) => path.join('.')).join(', ') };
  } catch {
    return { id, problem: 'not a request' };
  }
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
const withSources = (decision: Decision, { manifest }: PolicyBundle): Decision => ({
  ...decision,
  reasons: decision.reasons.map((reason) => {
    const rule = manifest.rules.find(({ id }) => id === reason.rule);
    return rule === undefined ? reason : { ...reason, source: `${rule.file}:${rule.row}` };
  }),
});
