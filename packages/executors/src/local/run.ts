/** Runs one command from start to end under the bounds of its call. */

import type { CallOptions, CommandAction, ExecutorError, Outcome } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Capture, createCapture } from '../_output/capture.js';
import { type Started, start } from './start.js';
import { type End, type Watch, watch } from './watch.js';

// Past ten times what is kept nobody reads it any more; the command is stopped instead of heating the machine.
const FLOOD = 10;

/** Runs it. Err kinds: `cancelled` (before it started), `unsupported`, `not_started`; never after it started. */
export async function run(action: CommandAction, call: CallOptions): Promise<Result<Outcome, ExecutorError>> {
  if (call.signal?.aborted) return err({ kind: 'cancelled', message: 'cancelled before the command was started' });
  const startedAtMs = performance.now();
  const started = await start(action);
  if (started.isErr()) return err(started.error);
  const watched = watch(started.value, action, call);
  const stdout = capture(started.value.child.stdout, watched, call);
  const stderr = capture(started.value.child.stderr, watched, call);
  const end = await watched.end;
  release(started.value);
  return ok(outcome(end, stdout, stderr, Math.round(performance.now() - startedAtMs)));
}

function capture(stream: NodeJS.ReadableStream | null, watched: Watch, call: CallOptions): Capture {
  const kept = createCapture(call.maxOutputBytes);
  stream?.on('data', (chunk: Buffer) => {
    kept.add(chunk);
    if (kept.bytes() > FLOOD * call.maxOutputBytes)
      watched.stop('output limit exceeded: the command was stopped and may have done part of its work');
  });
  stream?.on('error', () => undefined);
  return kept;
}

function release({ child }: Started): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.destroy();
  }
  child.unref();
}

function outcome(end: End, stdout: Capture, stderr: Capture, durationMs: number): Outcome {
  const printed = { stdout: stdout.captured(end.stillOpen), stderr: stderr.captured(end.stillOpen), durationMs };
  if (end.stopped !== undefined) {
    const reason = end.seen ? end.stopped : `${end.stopped}; its end was not seen, so it may still be running`;
    return { kind: 'unknown', reason, ...printed };
  }
  if (end.exitCode !== null) return { kind: 'exited', exitCode: end.exitCode, ...printed };
  if (end.signal !== null) return { kind: 'signalled', signal: end.signal, ...printed };
  return { kind: 'unknown', reason: 'the command ended without an exit code or a signal', ...printed };
}
