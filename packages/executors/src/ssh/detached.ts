/** Commands that outlive the connection, kept by a script on the server. */

import type { CallOptions, CommandAction, Detaching, ExecutorError, Followed } from '@meshclaw/core';
import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import { ANSWER_MS, followed, followWords, startWords, whyNotDetached } from '../_command/detached-words.js';
import { type CapturedOutput, capturedOutput } from '../_output/output.js';
import { boundsOf } from './bounds.js';
import { scriptLine } from './command-line.js';
import { type Link, newMark } from './link.js';
import { CLOSED, type Held, send, TOO_LONG } from './send.js';
import type { Ended } from './watch.js';

/** Detached commands of one session. */
export function detaching(held: Held, isClosed: () => boolean): Detaching {
  const whenOpen = <T>(act: () => Promise<Result<T, ExecutorError>>): ResultAsync<T, ExecutorError> =>
    isClosed() ? errAsync(CLOSED) : new ResultAsync(act());
  return {
    start: (action, waitMs, call) =>
      whenOpen(async () => {
        if (action.kind !== 'command') return err({ kind: 'unsupported', message: 'this executor makes no api calls' });
        const why = whyNotDetached(action, call);
        if (why !== undefined) return err({ kind: 'unsupported', message: why });
        const mark = newMark();
        const wanted = { as: action.as, words: startWords(action, mark, waitMs, call), mark, stdin: action.stdin };
        return start(held, wanted, waitMs, call);
      }),
    follow: ({ executionId, as, startedMsAgo }, { waitMs, stop }, call) =>
      whenOpen(async () => {
        const mark = newMark();
        const words = followWords(stop ? 'stop' : 'follow', mark, executionId, waitMs);
        const answer = await tell(held, { as, words, mark }, waitMs, call);
        return answer.andThen((told) => read(told, startedMsAgo));
      }),
    forget: ({ executionId, as }, call) =>
      whenOpen(async () => {
        const mark = newMark();
        const answer = await tell(held, { as, words: followWords('forget', mark, executionId, 0), mark }, 0, call);
        return answer.map(() => undefined);
      }),
  };
}

/** What is asked of the script. */
interface Asked {
  readonly as: CommandAction['as'];
  readonly words: readonly string[];
  readonly mark: string;
  readonly stdin?: string | undefined;
}
interface Told {
  readonly end: Ended;
  readonly output: CapturedOutput;
  readonly durationMs: number;
}

async function start(
  held: Held,
  asked: Asked,
  waitMs: number,
  call: CallOptions,
): Promise<Result<Followed | { readonly kind: 'cut' }, ExecutorError>> {
  const told = await tell(held, asked, waitMs, call);
  if (told.isErr()) return err(told.error);
  return wholeWords(told.value.end) === undefined ? ok({ kind: 'cut' }) : read(told.value, 0);
}

/** Err kinds: those of `perform`; nothing was asked then. */
async function tell(held: Held, asked: Asked, waitMs: number, call: CallOptions): Promise<Result<Told, ExecutorError>> {
  const startedAtMs = performance.now();
  const output = capturedOutput(call.maxOutputBytes);
  const bounds = boundsOf({ ...call, timeoutMs: waitMs + ANSWER_MS });
  const end = await send(held, (link) => sendingOf(link, asked, bounds), bounds, output);
  return end.map((seen) => ({ end: seen, output, durationMs: Math.round(performance.now() - startedAtMs) }));
}

async function sendingOf(link: Link, { as, words, mark, stdin }: Asked, bounds: ReturnType<typeof boundsOf>) {
  const root = as === 'root' ? await link.rootAccess(bounds) : ok('login' as const);
  if (root.isErr()) return err(root.error);
  if (root.value !== 'login' && root.value !== 'any') return err(SOME_ROOT);
  const line = scriptLine(words, root.value === 'any', mark);
  // Nothing is ended from here: what was started is to go on, and what looks at it ends by itself.
  return line === undefined ? err(TOO_LONG) : ok({ line, stdin, stop: async () => true });
}

const SOME_ROOT: ExecutorError = {
  kind: 'unsupported',
  message: 'the account may become root for some commands alone, so nothing can be kept for root',
};
const UNSEEN: ExecutorError = { kind: 'unreachable', message: 'the connection was lost before the answer was whole' };

/** What the script said, when everything that follows it was read as well. */
const wholeWords = ({ said, exit, stopped, isLost }: Ended): string | undefined =>
  exit?.code === null || exit === undefined || stopped !== undefined || isLost ? undefined : said;

function read({ end, output, durationMs }: Told, startedMsAgo: number): Result<Followed, ExecutorError> {
  const said = wholeWords(end);
  return said === undefined ? err(UNSEEN) : followed(said, output, startedMsAgo, durationMs);
}
