/** Operations that the embedding program names itself, beside those of the catalogue: what it guards, by name and class. */

import type { JsonObject } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyInput } from './bundle/policy-input.js';
import type { PolicyError } from './errors.js';

/** What an operation of one's own may be; `judged` is for command text alone. */
export const OWN_CLASSES = ['read', 'write', 'destructive', 'spend', 'secret'] as const;
export type OwnClass = (typeof OWN_CLASSES)[number];
/** `<noun>.<verb>` with its class. */
export type OwnOperations = Readonly<Record<string, OwnClass>>;

/** As in the catalogue. The noun names the package that rules about it are in. */
const NAME = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_-]{0,63}$/;
/** A question about a whole class, and the rules for every operation. */
const TAKEN = ['class', 'any'];

/** Adds them to what the policy knows. Err kinds: `policy.invalid_operation`. */
export function withOperations(input: PolicyInput, own: OwnOperations = {}): Result<PolicyInput, PolicyError> {
  const { operations } = input.compile;
  for (const [name, operationClass] of Object.entries(own)) {
    const problem = problemOf(name, operationClass, operations);
    if (problem !== undefined) return err({ kind: 'policy.invalid_operation', message: problem, path: name });
  }
  const added = Object.fromEntries(Object.entries(own).map(([name, of]) => [name, { class: of, on: 'program' }]));
  return ok({ ...input, compile: { ...input.compile, operations: { ...operations, ...added } } });
}

function problemOf(name: string, operationClass: string, operations: JsonObject): string | undefined {
  if (!NAME.test(name) || TAKEN.includes(name.split('.')[0] ?? '')) return 'an operation is named <noun>.<verb>';
  if (Object.hasOwn(operations, name)) return 'the catalogue has an operation of this name';
  if (!(OWN_CLASSES as readonly string[]).includes(operationClass)) return 'there is no such class of operation';
  return undefined;
}
