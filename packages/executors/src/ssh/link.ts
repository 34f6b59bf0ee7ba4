/** A connection in use: who the login is, what the server can do, and at most five commands at a time. */

import { randomBytes } from 'node:crypto';
import type { CommandAction, ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Sink } from '../_output/output.js';
import { type Bounds, boundsOf } from './bounds.js';
import { type CommandLine, probeLine, type RemoteBound, type RootAccess, rootLine, stopLine } from './command-line.js';
import type { Connection } from './connection.js';
import type { Kept } from './pool.js';
import { type NotRun, run, type Stop } from './run.js';
import { createSlots, type Slots } from './slots.js';

/** A connection whose login was seen to run commands. */
export interface Link extends Kept {
  readonly uid: number;
  readonly bound: RemoteBound;
  readonly slots: Slots;
  /** Gives a place back; the last one closes a link that is retired. */
  leave(): void;
  /** Asked of the server once, when it is first needed. Err kinds: as `perform`. */
  rootAccess(bounds: Bounds): Promise<Result<RootAccess, ExecutorError>>;
  /** What ends the command that was given this mark, over a channel of its own. */
  stopOf(mark: string, action: CommandAction, root: RootAccess): Stop;
}

// sshd opens ten sessions a connection (MaxSessions); five leave room to end commands and for other users of the account.
const IN_FLIGHT = 5;
// The remote side needs a second, and goes on without us.
const STOP_MS = 2_000;

/** 128 random bits: nothing printed by accident or on purpose is taken for a script's own words. */
export const newMark = (): string => randomBytes(16).toString('hex');

/** Sees that the login runs commands. Err kinds: `not_started` (it runs none), `timed_out`, `cancelled`, `unreachable`. */
export async function linkOf(connection: Connection, bounds: Bounds): Promise<Result<Link, ExecutorError>> {
  const said = await ask(connection, probeLine(newMark()), bounds);
  if (said.isErr()) return err(said.error);
  const [, uid, bound] = /^login (\d+) (kill|term|none)$/.exec(said.value) ?? [];
  if (uid === undefined) return err(RUNS_NOTHING);
  return ok(linkTo(connection, Number(uid), bound as RemoteBound));
}

function linkTo(connection: Connection, uid: number, bound: RemoteBound): Link {
  let root: RootAccess | undefined = uid === 0 ? 'login' : undefined;
  let isRetired = false;
  const slots = createSlots(IN_FLIGHT);
  const endIfOver = () => {
    if (isRetired && slots.inUse === 0) connection.end();
  };
  return {
    connection,
    uid,
    bound,
    slots,
    isUsable: () => !isRetired && !connection.isLost(),
    idleMs: connection.silentMs,
    leave() {
      slots.give();
      endIfOver();
    },
    retire() {
      isRetired = true;
      endIfOver();
    },
    async rootAccess(within) {
      if (root !== undefined) return ok(root);
      const answer = await ask(connection, rootLine(newMark()), within);
      if (answer.isErr()) return err(answer.error);
      root = /^root (any|some|none)$/.exec(answer.value)?.[1] as RootAccess | undefined;
      return root === undefined ? err(RUNS_NOTHING) : ok(root);
    },
    stopOf: (mark, action, access) => async (pid) => {
      const line = stopLine(mark, pid, action, access, newMark());
      const answer = await ask(connection, line, boundsOf({ timeoutMs: STOP_MS }));
      return answer.isOk() && answer.value === 'ended';
    },
  };
}

const RUNS_NOTHING: ExecutorError = {
  kind: 'not_started',
  message:
    'the account runs no commands: its login shell (nologin, a restricted shell) or a forced command does not let them through',
};
const NOWHERE: Sink = { add: () => undefined, isFlooded: () => false };

/** The word a script says. It changes nothing on the server, so whatever goes wrong, nothing was done. */
async function ask(connection: Connection, line: CommandLine, bounds: Bounds): Promise<Result<string, ExecutorError>> {
  const wanted = { line, output: { stdout: NOWHERE, stderr: NOWHERE }, stop: async () => false };
  const end = await run(connection, wanted, bounds);
  if (typeof end === 'string') return err(notRun(end));
  if (end.said !== undefined) return ok(end.said);
  if (end.isLost) return err(notRun('gone'));
  return err(end.stopped === undefined ? RUNS_NOTHING : SLOW);
}

const SLOW: ExecutorError = {
  kind: 'timed_out',
  message: 'the account did not run a first command before the deadline',
};

/** What it means that a line was certainly not run. */
export function notRun(why: NotRun): ExecutorError {
  switch (why) {
    case 'busy':
      return { kind: 'not_started', message: 'the server opens no further session on this connection' };
    case 'gone':
      return { kind: 'unreachable', message: 'the connection was lost before anything was sent' };
    case 'refused':
      return { kind: 'not_started', message: 'the server refused to run a command' };
    case 'timed_out':
      return { kind: 'timed_out', message: 'the deadline was reached before anything was sent' };
    case 'cancelled':
      return { kind: 'cancelled', message: 'cancelled before anything was sent' };
  }
}
