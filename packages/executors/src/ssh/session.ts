/** Performs commands on one server, whose identity stays the same however often its connection is made anew. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, CallOptions, CommandAction, ExecutorError, ExecutorSession, Outcome } from '@meshclaw/core';
import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import { performAll } from '../_command/perform-all.js';
import { whyImpossible } from '../_command/why-impossible.js';
import { capturedOutput, type Output } from '../_output/output.js';
import { type Bounds, boundsOf } from './bounds.js';
import { commandLine } from './command-line.js';
import { fingerprintOf } from './host-key.js';
import { type Link, newMark, notRun } from './link.js';
import { takeLock } from './lock.js';
import { outcomeOf } from './outcome.js';
import type { Lease } from './pool.js';
import { type NotRun, run } from './run.js';
import type { Ended } from './watch.js';

/** A lease, and whom it reaches. */
interface Held {
  readonly lease: Lease<Link>;
  readonly user: string;
  readonly identity: string;
}

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
    lock(owner, holdMs, call) {
      return isClosed ? errAsync(CLOSED) : new ResultAsync(takeLock(lease, owner, holdMs, boundsOf(call)));
    },
    async close() {
      isClosed = true;
      lease.giveBack();
    },
  };
}

const CLOSED: ExecutorError = { kind: 'not_started', message: 'the session is closed' };

/** Who answers: the host key that was checked, and the account behind it. */
const identityOf = ({ connection }: Link, user: string): string => `ssh:${user}@${fingerprintOf(connection.hostKey)}`;

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
  const end = await send(held, action, boundsOf(call), output);
  return end.andThen((seen) => outcomeOf(seen, output, Math.round(performance.now() - startedAtMs)));
}

/** Only what was certainly not sent is sent again: on a connection made anew, or when another command has left. */
async function send(
  { lease, user, identity }: Held,
  action: CommandAction,
  bounds: Bounds,
  output: Output,
): Promise<Result<Ended, ExecutorError>> {
  for (let [lost, full] = [0, 0]; ; lost += 1) {
    const link = await lease.current(bounds);
    if (link.isErr()) return err(link.error);
    if (identityOf(link.value, user) !== identity) return err(ANOTHER);
    const end = await sendOn(link.value, action, bounds, output);
    if (end.isErr() || typeof end.value === 'object') return end as Result<Ended, ExecutorError>;
    if (end.value === 'busy' && full < MOST_FULL && bounds.remainingMs() > FULL_WAIT_MS) {
      full += 1;
      await sleep(FULL_WAIT_MS);
      continue;
    }
    if (end.value !== 'again' && (end.value !== 'gone' || lost > 0)) return err(notRun(end.value));
  }
}

/** A server counts a session until it has cleaned up after it, which is a little later than its end is told. */
const FULL_WAIT_MS = 100;
const MOST_FULL = 10;

const ANOTHER: ExecutorError = {
  kind: 'identity_mismatch',
  message: 'another server answers than the one this session was opened to',
};

async function sendOn(
  link: Link,
  action: CommandAction,
  bounds: Bounds,
  output: Output,
): Promise<Result<Ended | NotRun | 'again', ExecutorError>> {
  const place = await link.slots.take(bounds);
  if (place.isErr()) return err(place.error);
  try {
    const root = action.as === 'root' ? await link.rootAccess(bounds) : ok('none' as const);
    if (root.isErr()) return err(root.error);
    if (action.as === 'root' && root.value === 'none') return err(NO_SUDO);
    const line = commandLine(action, { bound: link.bound, root: root.value }, newMark(), bounds.remainingMs());
    if (line === undefined) return err(TOO_LONG);
    const stop = link.stopOf(line.mark, action, root.value);
    const end = await run(link.connection, { line, stdin: action.stdin, output, stop }, bounds);
    if (typeof end === 'object' && end.stopped !== undefined && !end.isGone) link.retire();
    if (end !== 'busy' || link.slots.inUse < 2) return ok(end);
    link.slots.narrow();
    return ok('again');
  } finally {
    link.leave();
  }
}

const NO_SUDO: ExecutorError = {
  kind: 'not_started',
  message: 'the account is not root, and the server has no sudo',
};
const TOO_LONG: ExecutorError = {
  kind: 'unsupported',
  message: 'invalid action: the words are longer than a server takes in one line (128 KiB)',
};
