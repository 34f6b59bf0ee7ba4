/** Starts one command as a process group of its own, with a constant environment; never through a shell. */

import { type ChildProcess, spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import type { CommandAction, ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { ENVIRONMENT } from '../_command/environment.js';
import { whyImpossible } from '../_command/why-impossible.js';
import { type Directory, holdDirectory } from './directory.js';

/** A process that has certainly started. */
export interface Started {
  readonly child: ChildProcess;
  /** Also the id of its process group. */
  readonly pid: number;
}

/** Starts it. Err kinds: `unsupported` (no system could start these words), `not_started`; in both nothing was done. */
export async function start(action: CommandAction): Promise<Result<Started, ExecutorError>> {
  const impossible = whyImpossible(action);
  if (impossible !== undefined) return err({ kind: 'unsupported', message: impossible });
  const [program, ...words] = argvFor(action, process.getuid?.());
  let held: Directory | undefined;
  try {
    const directory = await holdDirectory(action.cwd);
    if (directory.isErr()) return err({ kind: 'not_started', message: directory.error });
    const { cwd } = directory.value;
    held = directory.value;
    const child = spawn(program, words, {
      detached: true,
      shell: false,
      env: { ...ENVIRONMENT, HOME: home() },
      stdio: [action.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    if (child.pid === undefined) return err(notStarted(await failure(child)));
    feed(child, action.stdin);
    return ok({ child, pid: child.pid });
  } catch (cause) {
    return err(notStarted(cause));
  } finally {
    // Not waited for: whoever watches the child must do so before it can end.
    held?.release().catch(() => undefined);
  }
}

/** The words that are spawned: as they are for the login and for root, else behind `sudo -n --`, which never asks for a password (sudo(8)). */
export function argvFor(action: CommandAction, uid: number | undefined): CommandAction['argv'] {
  return action.as === 'root' && uid !== 0 ? ['sudo', '-n', '--', ...action.argv] : action.argv;
}

/** The home directory of the account as the system has it; `HOME` of the environment could be anybody's. */
export function home(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '/';
  }
}

function failure(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('error', resolve);
  });
}

function feed(child: ChildProcess, stdin: string | undefined): void {
  // A command may end without reading what it is given; that is its right and no error of ours.
  child.stdin?.on('error', () => undefined);
  if (stdin !== undefined) child.stdin?.end(stdin);
}

// The cause is not kept: Node puts the whole argv into it (`spawnargs`), and words may hold secrets.
function notStarted(cause: unknown): ExecutorError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'E2BIG')
    return { kind: 'unsupported', message: 'invalid action: the words are longer than this system takes' };
  if (code === 'ENOENT') return { kind: 'not_started', message: 'there is no such program or working directory' };
  if (code === 'EACCES')
    return { kind: 'not_started', message: 'the program may not be run or the working directory not entered' };
  return { kind: 'not_started', message: 'the system could not start the program' };
}
