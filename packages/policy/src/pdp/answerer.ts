/** One bundle that answers checked questions. It never rejects: whatever goes wrong is a denial that says what. */

import {
  type Decision,
  type DecisionRequest,
  fromWireAnswer,
  type JsonObject,
  toWireRequest,
  wireAnswerSchema,
} from '@meshclaw/core';
import type { PolicyBundle } from '../bundle/bundle.js';
import { denyBecause, type FailureRule } from './deny.js';
import { type Evaluated, type Evaluator, evaluateHere } from './evaluate.js';
import { evaluateApart } from './evaluate-apart.js';
import { compileModule, startModule } from './evaluator.js';
import type { CheckedRequest } from './read-request.js';

/** The rule that answers everything. */
export const ENTRYPOINT = 'meshclaw/authz/decision';
/** So many failures in a row mean that the policy, not the request, is broken. */
const MOST_FAILURES = 3;

/** How a bundle is evaluated: `here` only what is shipped with this package, everything else `apart`, with a deadline. */
export type Confinement = 'here' | { readonly apart: () => number };

/** A loaded bundle. */
export interface Answerer {
  readonly bundle: PolicyBundle;
  answer(asked: CheckedRequest, started: number): Promise<Decision>;
  /** Whether it failed so often in a row that it has to prove itself before it answers again. */
  isUnavailable(): boolean;
  close(): Promise<void>;
}

/** What rules see of a bundle's data: everything but the models of programs, of which they see the facts. */
export function seenData({ data }: PolicyBundle): {
  readonly seen: JsonObject;
  readonly programs: JsonObject[string] | undefined;
} {
  const { programs, ...seen } = (data.meshclaw ?? {}) as JsonObject;
  return { seen, programs };
}

/** Loads a bundle. Rejects when it is not usable; afterwards nothing rejects. */
export async function createAnswerer(bundle: PolicyBundle, confinement: Confinement): Promise<Answerer> {
  const module = await compileModule(bundle.wasm);
  const data = { ...bundle.data, meshclaw: seenData(bundle).seen };
  const evaluator =
    confinement === 'here'
      ? evaluateHere(await startModule(module, data, ENTRYPOINT))
      : await evaluateApart({ module, data, entrypoint: ENTRYPOINT, deadlineMs: confinement.apart });
  return answererOver(bundle, evaluator);
}

/** The same over an evaluator that is there already. */
export function answererOver(bundle: PolicyBundle, evaluator: Evaluator): Answerer {
  const { ask, isUnavailable } = createAsk(evaluator);
  return {
    bundle,
    answer: async (asked, started) => {
      const answer = await ask(asked.text, asked.id);
      const durationMs = performance.now() - started;
      const measured = { policyDigest: bundle.digest, inputDigest: asked.digest, durationMs };
      return 'failure' in answer
        ? denyBecause(answer.failure, { requestId: asked.id, ...measured }, answer.detail)
        : withSources(fromWireAnswer(answer.answer, measured), bundle);
    },
    isUnavailable,
    close: evaluator.close,
  };
}

type Answered =
  | { readonly answer: ReturnType<typeof wireAnswerSchema.parse> }
  | { readonly failure: FailureRule; readonly detail?: string };

function createAsk(evaluator: Evaluator) {
  let failures = 0;
  const failed = (failure: FailureRule, detail: string): Answered => {
    failures += 1;
    return failures >= MOST_FAILURES
      ? { failure: 'policy.unavailable', detail: `${failures} failures in a row, the last: ${detail}` }
      : { failure, detail };
  };
  const ask = async (text: string, id: string): Promise<Answered> => {
    if (failures >= MOST_FAILURES) {
      const unproved = await proof(evaluator);
      if (unproved !== undefined) return failed('policy.unavailable', unproved);
    }
    const evaluated = await evaluator.evaluate(text);
    if ('thrown' in evaluated) return failed('policy.error', evaluated.thrown);
    if ('timedOut' in evaluated) return failed('policy.timeout', `no answer within ${evaluated.timedOut} ms`);
    const answer = readResults(evaluated.results, id);
    if ('answer' in answer) failures = 0;
    else evaluator.discard(); // a wrong echo may be stale memory
    return answer;
  };
  return { ask, isUnavailable: () => failures >= MOST_FAILURES };
}

/** After failures in a row fresh memory must first answer a question that every policy can; what keeps it from doing so. */
async function proof(evaluator: Evaluator): Promise<string | undefined> {
  evaluator.discard();
  const evaluated: Evaluated = await evaluator.evaluate(CANARY_TEXT);
  if ('thrown' in evaluated) return evaluated.thrown;
  if ('timedOut' in evaluated) return `no answer within ${evaluated.timedOut} ms`;
  return 'answer' in readResults(evaluated.results, CANARY.requestId)
    ? undefined
    : 'the policy does not answer a question that every policy can';
}

/** What every policy answers one way or the other: a question about reading as such. */
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
const CANARY_TEXT = JSON.stringify(toWireRequest(CANARY));

/** Exactly one result, of the schema, that echoes the request. */
function readResults(results: unknown, id: string): Answered {
  const [only, ...more] = Array.isArray(results) ? results : [];
  const parsed = wireAnswerSchema.safeParse((only as { readonly result?: unknown } | undefined)?.result);
  return parsed.success && more.length === 0 && parsed.data.request_id === id
    ? { answer: parsed.data }
    : { failure: 'policy.malformed_decision' };
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
