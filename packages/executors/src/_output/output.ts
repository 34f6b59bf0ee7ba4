/** Where the two streams of a command go, and when there has been too much of one. */

import type { Captured } from '@meshclaw/core';
import { createCapture } from './capture.js';

/** One stream. */
export interface Sink {
  add(chunk: Uint8Array): void;
  /** True when more came than anybody will read: the command is then stopped. */
  isFlooded(): boolean;
}
/** Both streams. */
export interface Output {
  readonly stdout: Sink;
  readonly stderr: Sink;
}
/** Both streams of a single command, captured. */
export interface CapturedOutput extends Output {
  captured(stillOpen: { readonly stdout: boolean; readonly stderr: boolean }): {
    readonly stdout: Captured;
    readonly stderr: Captured;
  };
}

/** Past ten times what is kept nobody reads it any more; the command is stopped instead of heating the machine. */
export const FLOOD = 10;

/** Keeps head and tail of each stream within this many bytes. */
export function capturedOutput(maxBytes: number): CapturedOutput {
  const [stdout, stderr] = [createCapture(maxBytes), createCapture(maxBytes)];
  const sink = (capture: typeof stdout): Sink => ({
    add: capture.add,
    isFlooded: () => capture.bytes() > FLOOD * maxBytes,
  });
  return {
    stdout: sink(stdout),
    stderr: sink(stderr),
    captured: (stillOpen) => ({
      stdout: stdout.captured(stillOpen.stdout),
      stderr: stderr.captured(stillOpen.stderr),
    }),
  };
}
