/** A toy server for tests of the engine: a dial that can be read and set, reached by a scripted executor. */

import { err, ok, okAsync, type Result } from 'neverthrow';
import { z } from 'zod';
import { type Action, command } from '../action.js';
import type { CallOptions, Detaching, ExecutorError } from '../executor.js';
import type { Inventory } from '../inventory.js';
import { defineChange, defineRead } from '../operation.js';
import type { Outcome } from '../outcome.js';
import type { Target } from '../target.js';
import { type AnswerAll, createScriptedExecutor, exited } from './scripted-executor.js';

/** Reads the dial. */
export const dialRead = defineRead({
  name: 'dial.read',
  title: 'Read the dial',
  description: 'Answers where the dial stands.',
  on: 'server',
  via: 'command',
  input: z.strictObject({}),
  output: z.strictObject({ value: z.int() }),
  action: () => command(['dial', 'read']),
  parse: (outcome) =>
    /^\d+\n$/.test(outcome.stdout.text)
      ? ok({ value: Number(outcome.stdout.text) })
      : err({ kind: 'unparseable_output' as const, message: 'no number' }),
  facts: ({ value }) => [{ name: 'dial.value', value }],
});

/** Sets the dial. */
export const dialSet = defineChange({
  name: 'dial.set',
  class: 'write',
  title: 'Set the dial',
  description: 'Turns the dial to a value.',
  on: 'server',
  via: 'command',
  idempotent: true,
  dryRun: 'exact',
  input: z.strictObject({ value: z.int() }),
  output: z.strictObject({}),
  action: ({ value }) => command(['dial', 'set', String(value)]),
  parse: () => ok({}),
  observes: { operation: dialRead, input: () => ({}), pick: ({ value }) => ({ value }) },
  verify: {
    operation: dialRead,
    input: () => ({}),
    holds: (after, { input }) => after.value === input.value,
    attempts: 2,
    everyMs: 1,
  },
  undo: { none: 'a toy' },
});

/** The toy's whole state; a test may change any of it between calls. */
export interface Dial {
  value: number;
  identity: string;
  /** How often it was really set. */
  sets: number;
  /** Where it is there, several reads come in one round trip and this answers them. */
  together?: AnswerAll;
  /** Where it is there, long changes go on by themselves. */
  detached?: Detaching;
  /** Answers instead of the dial when it answers something. */
  interferes?: (action: Action, call: CallOptions) => Promise<Result<Outcome, ExecutorError> | undefined>;
}

/** A dial at `value` and the executor that reaches it. */
export function createDial(value = 1) {
  const dial: Dial = { value, identity: 'dial:1', sets: 0 };
  const executor = createScriptedExecutor(
    async (action, call) => {
      const other = await dial.interferes?.(action, call);
      if (other) return other;
      const [, verb, wanted] = action.kind === 'command' ? action.argv : [];
      if (verb === 'set') {
        dial.value = Number(wanted);
        dial.sets += 1;
        return ok(exited(''));
      }
      return ok(exited(`${dial.value}\n`));
    },
    { id: 'dial', identity: () => dial.identity, together: () => dial.together, detached: () => dial.detached },
  );
  return { dial, executor };
}

/** An inventory of servers that are all reached by the `dial` executor. */
export function inventoryOf(ids: readonly string[]): Inventory {
  const targets = ids.map(
    (id): Target => ({ id, kind: 'server', reach: [{ executor: 'dial', settings: {} }], platform: {}, properties: {} }),
  );
  return {
    target: (id) => okAsync(targets.find((target) => target.id === id)),
    targets: () => okAsync(targets),
  };
}
