/** What may reach the evaluator: plain, bounded, well-formed JSON. Anything else would be read wrongly or poison it. */

import type { JsonObject, JsonValue } from '@meshclaw/core';

/** Deeper nesting, larger text and larger integers are refused, not shortened. */
const DEEPEST = 64;
const MOST_BYTES = 256 * 1024;

/** A copy that nothing can change any more, or what is wrong with the value and where. */
export type CopiedInput = { readonly value: JsonValue } | { readonly problem: string };
/** The text to evaluate, or that it is too large. */
export type CheckedInput = { readonly text: string } | { readonly problem: string };

/** Copies what is good. Everything is looked at once, so that what was checked is what is evaluated. Throws what a getter throws. */
export function copyInput(value: unknown): CopiedInput {
  const state: State = { above: new Set(), left: MOST_BYTES };
  const copied = copy(value, '$', 0, state);
  return state.problem === undefined ? { value: copied } : { problem: state.problem };
}

/** Serialises a checked value once; the same bytes are evaluated and digested. */
export function textOf(value: JsonValue): CheckedInput {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) > MOST_BYTES ? { problem: 'larger than 256 KiB' } : { text };
}

interface State {
  readonly above: Set<object>;
  /** Values that still fit: each takes a byte at least. */
  left: number;
  problem?: string;
}

/** Stops at the first problem; what is returned then is not used. */
function copy(value: unknown, place: string, depth: number, state: State): JsonValue {
  state.left -= 1;
  if (state.left < 0) return refuse(state, '$', 'larger than 256 KiB');
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : refuse(state, place, 'not well-formed Unicode');
  if (typeof value === 'number') {
    const problem = numberProblem(value);
    return problem === undefined ? value : refuse(state, place, problem);
  }
  if (typeof value !== 'object') return refuse(state, place, 'not a JSON value');
  if (depth >= DEEPEST) return refuse(state, place, 'nested too deeply');
  if (state.above.has(value)) return refuse(state, place, 'refers to itself');
  state.above.add(value);
  const copied = Array.isArray(value)
    ? copyList(value, place, depth + 1, state)
    : copyObject(value, place, depth + 1, state);
  state.above.delete(value);
  return copied;
}

function copyList(value: readonly unknown[], place: string, depth: number, state: State): JsonValue {
  const copied: JsonValue[] = [];
  for (let at = 0; at < value.length && state.problem === undefined; at += 1) {
    copied.push(copy(value[at], `${place}.${at}`, depth, state));
  }
  return copied;
}

function copyObject(value: object, place: string, depth: number, state: State): JsonValue {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(state, place, 'not a plain object');
  const copied: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || !key.isWellFormed()) return refuse(state, place, 'a key that is not allowed');
    copied[key] = copy((value as JsonObject)[key], `${place}.${key}`, depth, state);
    if (state.problem !== undefined) break;
  }
  return copied;
}

function refuse(state: State, place: string, why: string): null {
  state.problem ??= `${place}: ${why}`;
  return null;
}

function numberProblem(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'not a finite number';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'larger than 2^53' : undefined;
}
