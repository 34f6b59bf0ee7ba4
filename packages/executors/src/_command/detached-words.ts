/** The words the script for detached commands is given, and what its answers mean. */

import type { CallOptions, CommandAction, ExecutorError, Followed, Outcome } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type CapturedOutput, FLOOD } from '../_output/output.js';
import { DETACHED, SURE_MS } from './detached-script.js';
import { endOf } from './shell-status.js';
import { whyImpossible } from './why-impossible.js';

// What `ulimit -f` counts (POSIX sh).
const BLOCK = 512;
/** Beyond what the other side waits: starting a keeper, and carrying what was printed. */
export const ANSWER_MS = 15_000;

const words = (verb: string, mark: string, executionId: string): readonly string[] => [
  DETACHED,
  verb,
  mark,
  executionId,
];

/** To start it, within its own time; answers when it has begun, or ended within `waitMs`. */
export const startWords = (
  { argv, cwd, stdin }: CommandAction,
  mark: string,
  waitMs: number,
  call: CallOptions,
): readonly string[] => [
  ...words('start', mark, call.executionId),
  stdin === undefined ? 'no' : 'yes',
  String(Math.ceil(call.timeoutMs / 1_000)),
  String(Math.ceil((FLOOD * call.maxOutputBytes) / BLOCK)),
  String(Math.round(waitMs)),
  cwd === undefined || cwd.startsWith('/') ? (cwd ?? '') : `./${cwd}`,
  ...argv,
];

/** To look whether it has ended, to end it first, or to forget it. */
export const followWords = (
  verb: 'follow' | 'stop' | 'forget',
  mark: string,
  executionId: string,
  waitMs: number,
): readonly string[] => [...words(verb, mark, executionId), String(Math.round(waitMs))];

/** Why it cannot be run detached; undefined when it can. */
export function whyNotDetached(action: CommandAction, call: CallOptions): string | undefined {
  // The name of a folder on another machine is made of it.
  if (!/^exec-[0-9a-z]{4,64}$/.test(call.executionId)) return 'invalid execution: its id names no folder';
  if (action.argv[0]?.startsWith('-')) return 'invalid action: a program that begins with a hyphen';
  return whyImpossible(action);
}

const NOT_STARTED: Readonly<Record<string, string>> = {
  'no-directory': 'the working directory is not there or may not be entered',
  'linked-directory': 'the path of the working directory is not the directory itself: a link is in it',
  'no-program': 'there is no such program on the server',
  'not-begun': 'the server did not begin it in time, and will not',
};
const STOPPED: Readonly<Record<string, string>> = {
  late: 'deadline reached: the command was stopped and may have done part of its work',
  stopped: 'cancelled: the command was stopped and may have done part of its work',
  flooded: 'output limit exceeded: the command was stopped and may have done part of its work',
};
const LOST: Readonly<Record<string, string>> = {
  rebooted: 'the server went down while the command ran, which may have been done in part or whole',
  killed: 'what watched over the command was ended, so its own end was not seen; it may still be running',
};

/** What was said, once everything after it has been read. Err kinds: `not_started`, `unsupported`; in both nothing was done. */
export function followed(
  said: string,
  output: CapturedOutput,
  startedMsAgo: number,
  durationMs: number,
): Result<Followed, ExecutorError> {
  const [word = '', first = '', spent = '', why = '', open = '0'] = said.split(' ');
  const unknown = (reason: string, ranMs = durationMs): Result<Outcome, ExecutorError> =>
    ok({ kind: 'unknown', reason, ...output.captured({ stdout: false, stderr: false }), durationMs: ranMs });
  switch (word) {
    case 'running':
    case 'gone': // whoever read its end has put it on record, and removed it
    case 'again': // it is there already, so all that is left is to follow it
      return ok({ kind: 'running' });
    case 'no-place':
      return err({ kind: 'unsupported', message: 'the account has no place on the server to keep a detached command' });
    case 'absent':
      return startedMsAgo < SURE_MS && Number(first) > startedMsAgo
        ? ok({ kind: 'absent' })
        : unknown('nothing of it is left on the server, which may have been started anew since');
    case 'lost':
      return unknown(LOST[first] ?? 'its end was not seen');
    case 'ended': {
      const stopped = STOPPED[why];
      if (stopped !== undefined) return unknown(stopped, Number(spent));
      const stillOpen = { stdout: open === '1' || open === '3', stderr: open === '2' || open === '3' };
      return ok({ ...endOf(Number(first)), ...output.captured(stillOpen), durationMs: Number(spent) });
    }
  }
  const reason = NOT_STARTED[word];
  return reason === undefined
    ? unknown('the server said something that cannot be read')
    : err({ kind: 'not_started', message: reason });
}
