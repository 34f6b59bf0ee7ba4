/** Several reads in one round trip, for every executor that runs commands. */

import { randomBytes } from 'node:crypto';
import {
  type Action,
  type CallOptions,
  type CommandAction,
  type ExecutorError,
  frameReads,
  isFrameable,
  type Outcome,
  unframeReads,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { createCapture } from '../_output/capture.js';
import { FLOOD, type Output } from '../_output/output.js';
import { whyImpossible } from './why-impossible.js';

type Answer = Result<Outcome, ExecutorError>;

/** What an executor can do with one command. */
export interface Performing {
  /** Performs one action as it is. */
  one(action: Action, call: CallOptions): PromiseLike<Answer>;
  /** Performs a command whose streams go elsewhere; the texts of its outcome are not looked at. */
  into(action: CommandAction, call: CallOptions, output: Output): PromiseLike<Answer>;
  /** True where the login is root, so that `as: 'root'` needs no other way. */
  readonly isRoot: boolean;
}

/**
 * One outcome an action, in order. Actions that cannot share a frame (standard input, sudo) are performed beside it, each by itself.
 * Err kinds: those of the executor, and only when none of them was performed.
 */
export async function performAll(
  actions: readonly Action[],
  call: CallOptions,
  performing: Performing,
): Promise<Result<readonly Outcome[], ExecutorError>> {
  const answers = new Map<number, Answer>();
  const together = actions.flatMap((action, index) => (isShared(action, performing) ? [{ action, index }] : []));
  const framed = together.length > 1 ? await perform(together, call, performing) : undefined;
  for (const [place, { index }] of together.entries()) {
    const answer = framed?.map((outcomes) => outcomes[place] as Outcome);
    if (answer !== undefined && !(answer.isErr() && answer.error.kind === 'unsupported')) answers.set(index, answer);
  }
  await Promise.all(
    actions.map(async (action, index) => {
      if (!answers.has(index)) answers.set(index, await performing.one(action, call));
    }),
  );
  const all = actions.map((_, index) => answers.get(index) as Answer);
  const failed = all.find((answer) => answer.isErr());
  if (failed?.isErr() && all.every((answer) => answer.isErr())) return err(failed.error);
  return ok(all.map((answer) => answer.unwrapOr(undefined) ?? unperformed(answer)));
}

/** Beside others that were performed, one that was not has an outcome like them: nobody knows, which is never "fine". */
function unperformed(answer: Answer): Outcome {
  const reason = answer.isErr() ? answer.error.message : 'it was not performed';
  return { kind: 'unknown', reason, durationMs: 0 };
}

function isShared(action: Action, { isRoot }: Performing): action is CommandAction {
  if (action.kind !== 'command' || !isFrameable(action)) return false;
  return (action.as === 'login' || isRoot) && whyImpossible(action) === undefined;
}

async function perform(
  together: readonly { readonly action: Action }[],
  call: CallOptions,
  { into }: Performing,
): Promise<Result<readonly Outcome[], ExecutorError>> {
  const actions = together.map(({ action }) => action as CommandAction);
  const startedAtMs = performance.now();
  const mark = randomBytes(16).toString('hex');
  const framed = unframeReads(actions.length, mark, () => createCapture(call.maxOutputBytes));
  const sink = (stream: typeof framed.stdout) => ({
    add: stream.add,
    isFlooded: () => stream.bytes() > FLOOD * call.maxOutputBytes,
  });
  const output = { stdout: sink(framed.stdout), stderr: sink(framed.stderr) };
  // One read that hangs leaves half of the time to the others.
  const command = { ...frameReads(actions, { mark, readTimeoutMs: call.timeoutMs / 2 }), as: 'login' as const };
  const answer = await into(command, call, output);
  return answer.map((outcome) => {
    const reason = outcome.kind === 'unknown' ? outcome.reason : 'the answer ended before this read did';
    return framed.outcomes(reason, Math.round(performance.now() - startedAtMs));
  });
}
