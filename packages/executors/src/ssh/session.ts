/** Performs commands on one server, whose identity stays the same however often its connection is made anew. */

import type { Action, CallOptions, CommandAction, ExecutorError, ExecutorSession, Outcome } from '@meshclaw/core';
import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import { performAll } from '../_command/perform-all.js';
import { whyImpossible } from '../_command/why-impossible.js';
import { capturedOutput, type Output } from '../_output/output.js';
import { type Bounds, boundsOf } from './bounds.js';
import { commandLine } from './command-line.js';
import { detaching } from './detached.js';
import { type Link, newMark } from './link.js';
import { takeLock } from './lock.js';
import { outcomeOf } from './outcome.js';
import type { Lease } from './pool.js';
import type { Run } from './run.js';
import { CLOSED, type Held, identityOf, send, TOO_LONG } from './send.js';

/** A session over a lease, which is given back when it closes. */
export function sessionOf(lease: Lease<Link>, link: Link, user: string): ExecutorSession {
  const held: Held = { lease, user, identity: identityOf(link, user) };
  let isClosed = false;
  const one = (action: Action, call: CallOptions) => perform(held, action, call, capturedOutput(call.maxOutputBytes));
  return {
    identity: held.identity,
    perform: (action, call) => (isClosed ? errAsync(CLOSED) : new ResultAsync(one(action, call))),
    performAll(actions, call) {
      if (isClosed) return errAsync(CLOSED);
      const into = (action: CommandAction, bounds: CallOptions, output: Output) =>
        perform(held, action, bounds, { ...output, captured: capturedOutput(0).captured });
      return new ResultAsync(performAll(actions, call, { one, into, isRoot: link.uid === 0 }));
    },
    detached: detaching(held, () => isClosed),
    lock(owner, holdMs, call) {
      return isClosed ? errAsync(CLOSED) : new ResultAsync(takeLock(lease, owner, holdMs, boundsOf(call)));
    },
    async close() {
      isClosed = true;
      lease.giveBack();
    },
  };
}

async function perform(
  held: Held,
  action: Action,
  call: CallOptions,
  output: ReturnType<typeof capturedOutput>,
): Promise<Result<Outcome, ExecutorError>> {
  const startedAtMs = performance.now();
  if (action.kind !== 'command')
    return err({ kind: 'unsupported', message: 'this executor runs commands and makes no api calls' });
  const impossible = whyImpossible(action);
  if (impossible !== undefined) return err({ kind: 'unsupported', message: impossible });
  const bounds = boundsOf(call);
  const end = await send(held, (link) => sendingOf(link, action, bounds), bounds, output);
  return end.andThen((seen) => outcomeOf(seen, output, Math.round(performance.now() - startedAtMs)));
}

async function sendingOf(
  link: Link,
  action: CommandAction,
  bounds: Bounds,
): Promise<Result<Omit<Run, 'output'>, ExecutorError>> {
  const root = action.as === 'root' ? await link.rootAccess(bounds) : ok('none' as const);
  if (root.isErr()) return err(root.error);
  if (action.as === 'root' && root.value === 'none') return err(NO_SUDO);
  const line = commandLine(action, { bound: link.bound, root: root.value }, newMark(), bounds.remainingMs());
  if (line === undefined) return err(TOO_LONG);
  return ok({ line, stdin: action.stdin, stop: link.stopOf(line.mark, action, root.value) });
}

const NO_SUDO: ExecutorError = {
  kind: 'not_started',
  message: 'the account is not root, and the server has no sudo',
};
