/** Reaches the machine MeshClaw runs on, as the account it runs as. Never uses a shell and inherits no environment. */

import { platform } from 'node:os';
import type {
  Action,
  CallOptions,
  CommandAction,
  Executor,
  ExecutorError,
  ExecutorSession,
  Outcome,
} from '@meshclaw/core';
import { err, errAsync, okAsync, type Result, ResultAsync } from 'neverthrow';
import { z } from 'zod';
import { type Performing, performAll } from '../_command/perform-all.js';
import { capturedOutput, type Output } from '../_output/output.js';
import { detaching } from './detached.js';
import { machineIdentity } from './identity.js';
import { takeLock } from './lock.js';
import { outcome, run, runInto } from './run.js';

const settings = z.strictObject({});

/** The executor `local`: this machine. It has no settings; its identity is the machine's own id. */
export function local(): Executor<typeof settings> {
  return { contract: 'executor/v1', id: 'local', performs: 'command', settings, open: (_settings, call) => open(call) };
}

/** Err kinds: `cancelled`, `unsupported` (Windows has no process groups to bound a command with). */
function open(call: CallOptions): ResultAsync<ExecutorSession, ExecutorError> {
  if (call.signal?.aborted) return errAsync({ kind: 'cancelled', message: 'cancelled before this machine was opened' });
  if (platform() === 'win32') return errAsync({ kind: 'unsupported', message: 'this system has no process groups' });
  return ResultAsync.fromSafePromise(machineIdentity()).andThen((identity) => okAsync(session(identity)));
}

const CLOSED: ExecutorError = { kind: 'not_started', message: 'the session is closed' };

async function one(action: Action, call: CallOptions): Promise<Result<Outcome, ExecutorError>> {
  if (action.kind === 'command') return run(action, call);
  return err({ kind: 'unsupported', message: 'this executor runs commands and makes no api calls' });
}

const performing: Performing = { one, into: frame, isRoot: process.getuid?.() === 0 };

/** The texts went to the frames; what is left to say is how the whole ended. */
async function frame(
  action: CommandAction,
  call: CallOptions,
  output: Output,
): Promise<Result<Outcome, ExecutorError>> {
  const nothing = capturedOutput(0);
  return (await runInto(action, call, output)).map(({ end, durationMs }) => outcome(end, nothing, durationMs));
}

function session(identity: string): ExecutorSession {
  let closed = false;
  return {
    identity,
    perform(action, call) {
      return closed ? errAsync(CLOSED) : new ResultAsync(one(action, call));
    },
    performAll(actions, call) {
      if (closed) return errAsync(CLOSED);
      return new ResultAsync(performAll(actions, call, performing));
    },
    detached: detaching(() => closed),
    lock(owner, holdMs, call) {
      return closed ? errAsync(CLOSED) : new ResultAsync(takeLock(owner, holdMs, call));
    },
    async close() {
      closed = true;
    },
  };
}
