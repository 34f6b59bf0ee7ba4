/** From what was seen of a command to what is reported of it. */

import type { ExecutorError, Outcome } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { CapturedOutput } from '../_output/output.js';
import type { Ended } from './watch.js';

const NOT_STARTED: Readonly<Record<string, string>> = {
  'no-directory': 'the working directory is not there or may not be entered',
  'linked-directory': 'the path of the working directory is not the directory itself: a link is in it',
  'no-program': 'there is no such program on the server',
  'no-root': 'the account may not run this as root without a password (sudo -n)',
};

/** What came of a command. Err kinds: `not_started`, where the script said so or certainly did not come so far. */
export function outcomeOf(end: Ended, output: CapturedOutput, durationMs: number): Result<Outcome, ExecutorError> {
  const reason = end.said === undefined ? undefined : NOT_STARTED[end.said];
  if (reason !== undefined) return err({ kind: 'not_started', message: reason });
  const captured = { ...output.captured(end.stillOpen), durationMs };
  const unknown = (why: string): Result<Outcome, ExecutorError> => ok({ kind: 'unknown', reason: why, ...captured });
  if (end.stopped !== undefined)
    return unknown(end.isGone ? end.stopped : `${end.stopped}; its end was not seen, so it may still be running`);
  if (end.exit === undefined)
    return unknown(
      end.isLost
        ? 'connection lost: the command may have been done in part or whole, and may still be running'
        : 'the server closed the channel without saying how the command ended',
    );
  if (end.said === undefined) return notReached(end.exit.code, unknown);
  if (end.exit.code !== null) return ok({ kind: 'exited', exitCode: end.exit.code, ...captured });
  if (end.exit.signal !== null) return ok({ kind: 'signalled', signal: end.exit.signal, ...captured });
  return unknown('the server told neither an exit code nor a signal');
}

/** The script speaks before it starts anything, and the connection was seen to carry its words: silence and a failure mean that it never ran. */
function notReached(
  code: number | null,
  unknown: (why: string) => Result<Outcome, ExecutorError>,
): Result<Outcome, ExecutorError> {
  if (code === null || code === 0) return unknown('the command was not seen to start, and yet it ended');
  return err({ kind: 'not_started', message: 'the account no longer lets commands or sudo through' });
}
