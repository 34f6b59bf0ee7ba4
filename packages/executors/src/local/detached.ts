/** Commands that outlive this process, kept by a script of their own. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { CallOptions, CommandAction, Detaching, ExecutorError, Followed } from '@meshclaw/core';
import { err, errAsync, ok, type Result, ResultAsync } from 'neverthrow';
import { ANSWER_MS, followed, followWords, startWords, whyNotDetached } from '../_command/detached-words.js';
import { ENVIRONMENT } from '../_command/environment.js';
import { markedStream } from '../_command/mark.js';
import { type CapturedOutput, capturedOutput, type Sink } from '../_output/output.js';
import { home } from './start.js';

/** Detached commands of one session. */
export function detaching(isClosed: () => boolean): Detaching {
  const whenOpen = <T>(
    as: CommandAction['as'],
    act: () => Promise<Result<T, ExecutorError>>,
  ): ResultAsync<T, ExecutorError> => {
    if (isClosed()) return errAsync({ kind: 'not_started', message: 'the session is closed' });
    return as === 'root' && process.getuid?.() !== 0 ? errAsync(NOT_ROOT) : new ResultAsync(act());
  };
  return {
    start(action, waitMs, call) {
      if (action.kind !== 'command')
        return errAsync({ kind: 'unsupported', message: 'this executor makes no api calls' });
      const why = whyNotDetached(action, call);
      if (why !== undefined) return errAsync({ kind: 'unsupported', message: why });
      return whenOpen(action.as, () => start(action, waitMs, call));
    },
    follow: ({ executionId, as, startedMsAgo }, { waitMs, stop }, call) =>
      whenOpen(as, async () => {
        const mark = newMark();
        const told = await tell(followWords(stop ? 'stop' : 'follow', mark, executionId, waitMs), mark, waitMs, call);
        return told === undefined ? err(UNSEEN) : read(told, startedMsAgo);
      }),
    forget: ({ executionId, as }, call) =>
      whenOpen(as, async () => {
        const mark = newMark();
        return (await tell(followWords('forget', mark, executionId, 0), mark, 0, call)) === undefined
          ? err(UNSEEN)
          : ok(undefined);
      }),
  };
}

const newMark = (): string => randomBytes(16).toString('hex');
const NOT_ROOT: ExecutorError = { kind: 'unsupported', message: 'nothing is kept for root here by another account' };
const UNSEEN: ExecutorError = { kind: 'unreachable', message: 'the answer did not come in time' };

interface Told {
  readonly said: string;
  readonly output: CapturedOutput;
  readonly durationMs: number;
}
const read = ({ said, output, durationMs }: Told, startedMsAgo: number): Result<Followed, ExecutorError> =>
  followed(said, output, startedMsAgo, durationMs);

async function start(
  action: CommandAction,
  waitMs: number,
  call: CallOptions,
): Promise<Result<Followed | { readonly kind: 'cut' }, ExecutorError>> {
  if (call.signal?.aborted) return err({ kind: 'cancelled', message: 'cancelled before the command was started' });
  const mark = newMark();
  const told = await tell(startWords(action, mark, waitMs, call), mark, waitMs, call, action.stdin);
  return told === undefined ? ok({ kind: 'cut' }) : read(told, 0);
}

/** Undefined when it did not say everything it had to say. */
function tell(
  words: readonly string[],
  mark: string,
  waitMs: number,
  call: CallOptions,
  stdin?: string,
): Promise<Told | undefined> {
  const startedAtMs = performance.now();
  const output = capturedOutput(call.maxOutputBytes);
  const [script = ''] = words;
  const child = spawn('/bin/sh', ['-c', script, 'meshclaw', ...words], {
    env: { ...ENVIRONMENT, HOME: home() },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  let said: string | undefined;
  const listen = (stream: NodeJS.ReadableStream | null, sink: Sink, tellSaid: (words: string) => void) => {
    const marked = markedStream(mark, tellSaid, sink.add);
    stream?.on('data', marked.add);
  };
  listen(child.stdout, output.stdout, (all) => {
    said = all;
  });
  listen(child.stderr, output.stderr, () => undefined);
  return new Promise((resolve) => {
    // Only what asks is ended; what was started goes on.
    const give = () => child.kill('SIGKILL');
    const timer = setTimeout(give, waitMs + ANSWER_MS);
    call.signal?.addEventListener('abort', give, { once: true });
    const finish = (isWhole: boolean) => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', give);
      const durationMs = Math.round(performance.now() - startedAtMs);
      resolve(isWhole && said !== undefined ? { said, output, durationMs } : undefined);
    };
    child.once('error', () => finish(false));
    child.once('close', (code) => finish(code !== null));
  });
}
