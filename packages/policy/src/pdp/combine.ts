/** Several answers to one question as one: never milder than what is shipped says. */

import { canonicalJson, type Decision, EFFECTS, type JsonValue, type Obligation } from '@meshclaw/core';
import { denyBecause } from './deny.js';
import type { CheckedRequest } from './read-request.js';

const METHOD = 'approval_method';
const strictness = ({ effect }: Decision): number => EFFECTS.indexOf(effect);

/**
 * The answer of the shipped rules compiled together with an owner's, held against the shipped rules alone. These are among
 * the owner's, so the common answer can only be milder where nothing of ours matched and the class's default stood in;
 * and what was judged from words only our own rules make milder. Anything else is a compiled policy that is not what its
 * sources are, and denies.
 */
export function heldBy(
  shipped: Decision,
  owners: Decision,
  { class: operationClass, judged }: CheckedRequest,
): Decision {
  if (owners.effect === 'deny' || shipped.reasons.some(({ rule }) => rule.startsWith('policy.')))
    return strictness(owners) >= strictness(shipped) ? owners : shipped;
  const doubt = (detail: string): Decision => denyBecause('policy.malformed_decision', owners, detail);
  if (owners.class !== shipped.class) return doubt('the compiled policy speaks of another class than the shipped one');
  if (strictness(owners) < strictness(shipped)) {
    const defaulted = shipped.reasons.every(({ rule }) => rule === 'authz.class_default');
    if (defaulted && judged) return shipped;
    if (defaulted && operationClass === 'write' && owners.effect === 'auto_safe') return owners;
    return doubt('the compiled policy is milder than the shipped one');
  }
  const told = new Set(owners.obligations.map(textOf));
  return owners.effect !== shipped.effect || shipped.obligations.every((one) => told.has(textOf(one)))
    ? owners
    : doubt('the compiled policy demands less than the shipped one');
}

/** The most restrictive of the base's answer and those of bundles beside it. Each has to speak of the same class. */
export function strictestOf(base: Decision, beside: readonly Decision[]): Decision {
  const answers = [base, ...beside.map((one) => sameClass(base, one))];
  const most = Math.max(...answers.map(strictness));
  const strictest = answers.filter((one) => strictness(one) === most);
  const [first = base] = strictest;
  const alternative = strictest.find((one) => one.alternative !== undefined)?.alternative;
  return {
    ...base,
    effect: first.effect,
    allowed: first.allowed,
    class: first.class,
    reasons: distinct(strictest.flatMap(({ reasons }) => reasons)),
    obligations: obligationsOf(base, strictest),
    ...(alternative === undefined ? {} : { alternative }),
  };
}

function sameClass(base: Decision, one: Decision): Decision {
  if (one.effect === 'deny' || one.class === base.class) return one;
  return denyBecause('policy.malformed_decision', one, 'a bundle speaks of another class than the base');
}

/** Everything that any of them demands. A weaker way to approve counts only where the base and all others grant it. */
function obligationsOf(base: Decision, strictest: readonly Decision[]): readonly Obligation[] {
  const all = distinct(strictest.flatMap(({ obligations }) => obligations));
  const rest = all.filter(({ type }) => type !== METHOD);
  if (strictest[0]?.effect !== 'approval_required') return rest;
  const same = strictest.every(({ obligations }) =>
    obligations.some((one) => one.type === METHOD && one.parameters.minimum === 'presence'),
  );
  const minimum = same && strictest.includes(base) ? 'presence' : 'signature';
  return [...rest, { id: 'approval.method', type: METHOD, parameters: { minimum } }];
}

const textOf = (value: unknown): string => canonicalJson(value as JsonValue);

function distinct<T>(values: readonly T[]): readonly T[] {
  const byText = new Map(values.map((value) => [textOf(value), value] as const));
  return [...byText.values()];
}
