/** What a subject can reach: every operation of the catalogue on every server, as policy answers it now. Asks only; performs nothing. */

import type { Decision, DecisionRequest, Effect, JsonObject, PolicyDecisionPoint, Subject } from '@meshclaw/core';

/** A server, as far as policy is told about it. */
export interface ReachTarget {
  readonly id: string;
  readonly kind: string;
  readonly properties: JsonObject;
}
export interface ReachOptions {
  readonly subject: Subject;
  readonly targets: readonly ReachTarget[];
  /** The catalogue that policy knows: class and kind of target by operation. */
  readonly operations: JsonObject;
  readonly freeze: boolean;
  /** ISO 8601 UTC. */
  readonly now: string;
}
/** How one operation is answered on some servers. */
export interface ReachAnswer {
  readonly effect: Effect;
  readonly servers: readonly string[];
  /** The rules that decided. */
  readonly rules: readonly string[];
  readonly obligations: readonly string[];
}
/** One operation; `answers` from mildest to strictest. */
export interface Reach {
  readonly operation: string;
  readonly class: string;
  readonly answers: readonly ReachAnswer[];
}
const ORDER: readonly Effect[] = ['read_state', 'auto_safe', 'approval_required', 'deny'];

/** The whole table, by operation. Inputs are not known yet: what a path or unit forbids is said when it is asked for. */
export async function reachOf(policy: PolicyDecisionPoint, options: ReachOptions): Promise<readonly Reach[]> {
  const names = Object.keys(options.operations).sort();
  return Promise.all(
    names.map(async (name) => {
      const { class: of, on } = options.operations[name] as { readonly class: string; readonly on?: string };
      const targets = options.targets.filter(({ kind }) => on === undefined || kind === on);
      const answers = new Map<string, ReachAnswer>();
      for (const target of targets) {
        const decision = await policy.decide(
          requestFor(name, of as DecisionRequest['action']['class'], target, options),
        );
        add(answers, target.id, decision);
      }
      const sorted = [...answers.values()].sort((a, b) => ORDER.indexOf(a.effect) - ORDER.indexOf(b.effect));
      return { operation: name, class: of, answers: sorted };
    }),
  );
}

function add(answers: Map<string, ReachAnswer>, server: string, { effect, reasons, obligations }: Decision): void {
  const rules = [...new Set(reasons.map(({ rule }) => rule))];
  const demands = obligations.map(({ type }) => type);
  const key = JSON.stringify([effect, rules, demands]);
  const before = answers.get(key)?.servers ?? [];
  answers.set(key, { effect, servers: [...before, server], rules, obligations: demands });
}

const requestFor = (
  name: string,
  of: DecisionRequest['action']['class'],
  { id, kind, properties }: ReachTarget,
  { subject, freeze, now }: ReachOptions,
): DecisionRequest => ({
  requestId: `reach ${name} ${id}`,
  subject,
  action: { name, class: of, properties: {} },
  resource: { type: kind, id, properties, facts: {} },
  // Without inputs it is a question in general; nothing was done here within the hour.
  context: { now, mode: 'check', surface: 'cli', freeze, exposed: false, recent: { [name]: 0 } },
});
