/** Runs one command from start to end under the bounds of its call. */

import type { CallOptions, CommandAction, ExecutorError, Outcome } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type CapturedOutput, capturedOutput, type Output, type Sink } from '../_output/output.js';
import { type Started, start } from './start.js';
import { type End, type Watch, watch } from './watch.js';

/** Runs it and captures what it prints. Err kinds: `cancelled` (before it started), `unsupported`, `not_started`; never after it started. */
export async function run(action: CommandAction, call: CallOptions): Promise<Result<Outcome, ExecutorError>> {
  const output = capturedOutput(call.maxOutputBytes);
  return (await runInto(action, call, output)).map(({ end, durationMs }) => outcome(end, output, durationMs));
}

/** Runs it; what it prints goes elsewhere. Err kinds: as `run`. */
export async function runInto(
  action: CommandAction,
  call: CallOptions,
  output: Output,
): Promise<Result<{ readonly end: End; readonly durationMs: number }, ExecutorError>> {
  if (call.signal?.aborted) return err({ kind: 'cancelled', message: 'cancelled before the command was started' });
  const startedAtMs = performance.now();
  const started = await start(action);
  if (started.isErr()) return err(started.error);
  const watched = watch(started.value, action, call);
  read(started.value.child.stdout, output.stdout, watched);
  read(started.value.child.stderr, output.stderr, watched);
  const end = await watched.end;
  release(started.value);
  return ok({ end, durationMs: Math.round(performance.now() - startedAtMs) });
}

function read(stream: NodeJS.ReadableStream | null, sink: Sink, watched: Watch): void {
  stream?.on('data', (chunk: Buffer) => {
    sink.add(chunk);
    if (sink.isFlooded())
      watched.stop('output limit exceeded: the command was stopped and may have done part of its work');
  });
  stream?.on('error', () => undefined);
}

function release({ child }: Started): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.destroy();
  }
  child.unref();
}

/** What is reported of an end. */
export function outcome(end: End, output: CapturedOutput, durationMs: number): Outcome {
  const printed = { ...output.captured({ stdout: end.stillOpen, stderr: end.stillOpen }), durationMs };
  if (end.stopped !== undefined) {
    const reason = end.seen ? end.stopped : `${end.stopped}; its end was not seen, so it may still be running`;
    return { kind: 'unknown', reason, ...printed };
  }
  if (end.exitCode !== null) return { kind: 'exited', exitCode: end.exitCode, ...printed };
  if (end.signal !== null) return { kind: 'signalled', signal: end.signal, ...printed };
  return { kind: 'unknown', reason: 'the command ended without an exit code or a signal', ...printed };
}
