/** What would have to be otherwise for another effect: found by asking the policy itself about requests that differ in one value. */

import type { Decision, Effect, JsonObject, JsonValue } from '@meshclaw/core';
import { buildsReason, callsIn, isConstant, nodesIn, refsTo, stepsOf } from '../lint/syntax.js';
import { type Clause, valueAt } from './clauses.js';

/** One value that decides. Without `to` the value is not there at all; without `from` it is not there now. */
export interface Change {
  readonly path: string;
  readonly from?: JsonValue;
  readonly to?: JsonValue;
  readonly effect: Effect;
  /** The rules that would decide then. */
  readonly rules: readonly string[];
}
/** A request that differs in one place. */
interface Attempt {
  readonly path: readonly string[];
  readonly to?: JsonValue;
}
type Ask = (input: JsonObject) => Promise<Decision | undefined>;

/** More than any policy of a few hundred rules needs; each takes well under a millisecond. */
const MOST_ATTEMPTS = 400;
/** The ask itself: with another operation or id it would be another request. */
const GIVEN = new Set(['request_id', 'action.name', 'action.class', 'action.argv', 'action.command']);

/** The single changes that lead to another effect, one for each place and effect, milder ones first. */
export async function findChanges(
  input: JsonObject,
  clauses: readonly Clause[],
  parameters: JsonObject,
  decided: Effect,
  ask: Ask,
): Promise<readonly Change[]> {
  const found = new Map<string, Change>();
  for (const { path, to } of attempts(input, clauses, parameters).slice(0, MOST_ATTEMPTS)) {
    const decision = await ask(withValue(input, path, to));
    const rules = decision?.reasons.map(({ rule }) => rule) ?? [];
    // What is no request any more says nothing about this one.
    if (decision === undefined || decision.effect === decided || rules.some((rule) => rule.startsWith('policy.')))
      continue;
    const name = path.join('.');
    const from = valueAt(input, path);
    const key = `${name} ${decision.effect}`;
    const change = { path: name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    if (!found.has(key)) found.set(key, { ...change, effect: decision.effect, rules });
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.effect) - ORDER.indexOf(b.effect));
}

const ORDER: readonly Effect[] = ['read_state', 'auto_safe', 'approval_required', 'deny'];

function attempts(input: JsonObject, clauses: readonly Clause[], parameters: JsonObject): readonly Attempt[] {
  const made = new Map<string, Attempt>();
  for (const module of new Set(clauses.map((clause) => clause.module))) {
    const constants = constantsOf(module.tree.rules, parameters);
    for (const path of pathsOf(module.tree.rules, input)) {
      for (const to of otherValues(valueAt(input, path), constants)) {
        made.set(JSON.stringify([path, to ?? 'nothing', to === undefined]), {
          path,
          ...(to === undefined ? {} : { to }),
        });
      }
    }
  }
  return [...made.values()];
}

function pathsOf(rules: unknown, input: JsonObject): readonly (readonly string[])[] {
  const paths = refsTo('input', rules).map((ref) => stepsOf(ref).slice(1));
  const placed = paths.map((path) => (path.join('.') === 'context.recent' ? [...path, operationOf(input)] : path));
  return placed.filter((path) => path.length > 1 && !GIVEN.has(path.slice(0, 2).join('.')));
}

const operationOf = (input: JsonObject): string => String(valueAt(input, ['action', 'name']));

/** What a module compares with: its constants (not the steps of its paths), and numbers and booleans among the parameters it reads. */
function constantsOf(rules: unknown, parameters: JsonObject): readonly JsonValue[] {
  const steps = new Set([...nodesIn(rules)].flatMap(({ type, value }) => (type === 'ref' ? (value as unknown[]) : [])));
  const facts = new Set(
    callsIn(rules)
      .filter(buildsReason)
      .flatMap(({ args }) => [...nodesIn(args)]),
  );
  const written = [...nodesIn(rules)].filter((node) => isConstant(node) && !steps.has(node) && !facts.has(node));
  const read = refsTo('data', rules).map((ref) => parameters[stepsOf(ref)[3] ?? ''] ?? null);
  const plain = read.filter((one) => typeof one === 'number' || typeof one === 'boolean');
  return [...new Set([...written.map(({ value }) => value as JsonValue), ...plain])];
}

/** Values worth trying in place of one: of its own type, and none at all. */
function otherValues(now: JsonValue | undefined, constants: readonly JsonValue[]): readonly (JsonValue | undefined)[] {
  const texts = constants.filter((one) => typeof one === 'string');
  const numbers = constants.filter((one) => typeof one === 'number').flatMap((one) => [one - 1, one, one + 1]);
  if (typeof now === 'boolean') return [!now];
  if (typeof now === 'string') return [...texts.filter((one) => one !== now), undefined];
  if (typeof now === 'number') return [...numbers.filter((one) => one !== now), undefined];
  if (Array.isArray(now)) {
    const more = texts.filter((one) => !now.includes(one)).map((one) => [...now, one]);
    const fewer = texts.filter((one) => now.includes(one)).map((one) => now.filter((item) => item !== one));
    return [...fewer, ...more, undefined];
  }
  return now === undefined ? [...texts, ...numbers, true, false] : [undefined];
}

/** A copy with another value at one place. */
function withValue(
  input: JsonObject,
  [step = '', ...rest]: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  const { [step]: now, ...others } = input;
  if (rest.length === 0) return value === undefined ? others : { ...others, [step]: value };
  const inside = now !== null && typeof now === 'object' && !Array.isArray(now) ? (now as JsonObject) : {};
  return { ...others, [step]: withValue(inside, rest, value) };
}
