/** Reaches the machine MeshClaw runs on, as the account it runs as. Never uses a shell and inherits no environment. */

import { platform } from 'node:os';
import type { CallOptions, Executor, ExecutorError, ExecutorSession } from '@meshclaw/core';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import { z } from 'zod';
import { machineIdentity } from './identity.js';
import { run } from './run.js';

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

function session(identity: string): ExecutorSession {
  let closed = false;
  return {
    identity,
    perform(action, call) {
      if (closed) return errAsync({ kind: 'not_started', message: 'the session is closed' });
      if (action.kind !== 'command')
        return errAsync({ kind: 'unsupported', message: 'this executor runs commands and makes no api calls' });
      return new ResultAsync(run(action, call));
    },
    async close() {
      closed = true;
    },
  };
}
