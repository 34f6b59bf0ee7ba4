/** An executor that answers from a function: what a test says the target would say. */

import { okAsync, type Result, ResultAsync } from 'neverthrow';
import { z } from 'zod';
import type { Action } from '../action.js';
import { sha256Hex } from '../digest.js';
import type { CallOptions, Detaching, Executor, ExecutorError } from '../executor.js';
import type { Captured, Exited, Outcome } from '../outcome.js';

/** What was asked of a scripted executor, in order. */
export interface Performance {
  readonly action: Action;
  readonly call: CallOptions;
}
export interface ScriptedExecutor extends Executor {
  readonly performances: readonly Performance[];
}

/** Text as an executor would have captured it. */
export const captured = (text: string): Captured => ({
  text,
  bytes: Buffer.byteLength(text),
  digest: sha256Hex(text),
  cut: false,
});

/** A command that ended by itself. */
export const exited = (stdout: string, exitCode = 0, stderr = ''): Exited => ({
  kind: 'exited',
  exitCode,
  stdout: captured(stdout),
  stderr: captured(stderr),
  durationMs: 1,
});

/** Answers several actions in one round trip. */
export type AnswerAll = (
  actions: readonly Action[],
  call: CallOptions,
) => Promise<Result<readonly Outcome[], ExecutorError>>;

/** An executor named `id` whose every outcome comes from `answer`; `identity` may change between calls. Only for tests. */
export function createScriptedExecutor(
  answer: (action: Action, call: CallOptions) => Promise<Result<Outcome, ExecutorError>>,
  options: {
    readonly id?: string;
    readonly identity?: () => string;
    readonly together?: () => AnswerAll | undefined;
    readonly detached?: () => Detaching | undefined;
  } = {},
): ScriptedExecutor {
  const performances: Performance[] = [];
  return {
    contract: 'executor/v1',
    id: options.id ?? 'scripted',
    performs: 'command',
    settings: z.strictObject({}),
    performances,
    open: () => {
      const together = options.together?.();
      const detached = options.detached?.();
      return okAsync({
        identity: options.identity?.() ?? 'scripted:1',
        perform: (action, call) => {
          performances.push({ action, call });
          return new ResultAsync(answer(action, call));
        },
        ...(together && { performAll: (actions, call) => new ResultAsync(together(actions, call)) }),
        ...(detached && { detached }),
        close: async () => {},
      });
    },
  };
}
