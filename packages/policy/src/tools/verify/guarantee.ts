/** A guarantee of a configuration, and how it comes out when it is tried. */

import { type DecisionRequest, EFFECTS, type Effect, type JsonObject, type PolicyDecisionPoint } from '@meshclaw/core';
import type { PolicyInput, PolicySources } from '../../bundle/policy-input.js';
import type { RegoCompiler } from '../../bundle/rego-compiler.js';

/** What is tried against. */
export interface Configuration {
  readonly policy: PolicyDecisionPoint;
  readonly sources: PolicySources;
  readonly input: PolicyInput;
  readonly rego: RegoCompiler;
}
/** `not_applicable` says that nothing was tried, which is never the same as holding. */
export type Tried =
  | { readonly state: 'holds'; readonly tries: number }
  | { readonly state: 'broken'; readonly tries: number; readonly broken: readonly string[] }
  | { readonly state: 'not_applicable'; readonly why: string };

export interface Guarantee {
  readonly id: string;
  /** What is promised, as a sentence. */
  readonly title: string;
  try(configuration: Configuration): Promise<Tried>;
}
/** A guarantee with what came of it. */
export type VerifiedGuarantee = Pick<Guarantee, 'id' | 'title'> & Tried;

/** Outcomes of single tries as one: broken when one is, not applicable when there is none. */
export function summed(tries: readonly (string | undefined)[]): Tried {
  if (tries.length === 0) return { state: 'not_applicable', why: 'this policy has nothing to try it with' };
  const broken = tries.filter((one) => one !== undefined);
  return broken.length === 0
    ? { state: 'holds', tries: tries.length }
    : { state: 'broken', tries: tries.length, broken };
}

/** Asks each; broken where an answer is milder, or is no answer of a policy. */
export async function atLeast(
  policy: PolicyDecisionPoint,
  effect: Effect,
  requests: readonly DecisionRequest[],
): Promise<Tried> {
  const tries: (string | undefined)[] = [];
  for (const request of requests) {
    const decision = await policy.decide(request);
    const failure = decision.reasons.find(({ rule }) => rule.startsWith('policy.'))?.rule;
    const mild = EFFECTS.indexOf(decision.effect) < EFFECTS.indexOf(effect);
    tries.push(mild || failure !== undefined ? `${request.requestId}: ${failure ?? decision.effect}` : undefined);
  }
  return summed(tries);
}

type Part = Partial<DecisionRequest['context']> & {
  readonly properties?: JsonObject;
  readonly argv?: readonly string[];
  readonly about?: JsonObject;
  readonly subject?: DecisionRequest['subject']['type'];
};

/** A request as an agent makes it; `part` is what matters. */
export function request(name: string, of: DecisionRequest['action']['class'], part: Part = {}): DecisionRequest {
  const { properties = {}, argv, about = {}, subject = 'agent', ...context } = part;
  const words = argv?.join(' ') ?? Object.values(properties).map(String).join(' ');
  return {
    requestId: `${name} ${words}`.trim().slice(0, 200),
    subject: { type: subject, id: 'verify' },
    action: { name, class: of, properties, ...(argv ? { argv } : {}) },
    resource: { type: 'server', id: 'verify', properties: about, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: 'execute',
      // Where somebody is: what is demanded of schedules and CI jobs alone would hide what does not hold.
      surface: 'cli',
      freeze: false,
      exposed: false,
      recent: { [name]: 0 },
      ...context,
    },
  };
}

/** Commands as requests; none where the catalogue has no free commands. */
export const commands = ({ input }: Configuration, argvs: readonly (readonly string[])[], part: Part = {}) =>
  operationsOf(input.compile.operations, (of) => of === 'judged').flatMap(({ name }) =>
    argvs.map((argv) => request(name, 'judged', { ...part, argv, properties: { argv: [...argv] } })),
  );

/** Operations of the catalogue by class. */
export const operationsOf = (operations: JsonObject, wanted: (of: string) => boolean) =>
  Object.entries(operations)
    .map(([name, about]) => ({ name, of: (about as { readonly class: DecisionRequest['action']['class'] }).class }))
    .filter(({ of }) => wanted(of));

/** The question about a whole class. */
export const classQuestion = (of: DecisionRequest['action']['class'], part: Part = {}): DecisionRequest =>
  request(`class.${of}`, of, { ...part, mode: 'check' });

/** Entries of a parameter that is a list. */
export const listed = ({ input }: Configuration, name: string): readonly string[] => {
  const value = input.compile.parameters[name];
  return Array.isArray(value) ? value.map(String) : [];
};
