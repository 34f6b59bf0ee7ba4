/** The deadline and the cancellation of one call, which every stage of it shares. */

import type { CallOptions, ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';

/** One deadline for everything that happens in a call. */
export interface Bounds {
  remainingMs(): number;
  readonly signal: AbortSignal | undefined;
}

// setTimeout takes 32 bits and fires at once beyond.
const LONGEST_MS = 2_147_483_647;

/** Starts the clock of a call. */
export function boundsOf({ timeoutMs, signal }: Pick<CallOptions, 'timeoutMs' | 'signal'>): Bounds {
  const endsAtMs = performance.now() + Math.min(timeoutMs, LONGEST_MS);
  return { remainingMs: () => Math.max(0, endsAtMs - performance.now()), signal };
}

/** Why a call that has sent nothing yet must end now, if it must. */
export function overdue(bounds: Bounds): ExecutorError | undefined {
  if (bounds.signal?.aborted) return CANCELLED;
  return bounds.remainingMs() === 0 ? TIMED_OUT : undefined;
}

const CANCELLED: ExecutorError = { kind: 'cancelled', message: 'cancelled before anything was sent' };
const TIMED_OUT: ExecutorError = { kind: 'timed_out', message: 'the deadline was reached before anything was sent' };

/** What a stage may add to the bounds of its call: a shorter limit, and what it means when time is up. */
export interface Stage {
  readonly limitMs?: number;
  readonly late?: ExecutorError;
}

/**
 * Waits for a promise within the bounds. Whoever gives up waiting has to end the work: `abandon` is called then.
 * Err kinds: `cancelled`, `timed_out`, or what the stage says instead of that.
 */
export async function within<T>(
  bounds: Bounds,
  work: Promise<T>,
  abandon: () => void,
  { limitMs = LONGEST_MS, late = TIMED_OUT }: Stage = {},
): Promise<Result<T, ExecutorError>> {
  let timer: NodeJS.Timeout | undefined;
  let cancel: () => void = () => undefined;
  const end = new Promise<Result<T, ExecutorError>>((resolve) => {
    cancel = () => resolve(err(CANCELLED));
    if (bounds.signal?.aborted) cancel();
    bounds.signal?.addEventListener('abort', cancel, { once: true });
    timer = setTimeout(() => resolve(err(late)), Math.min(limitMs, bounds.remainingMs()));
  });
  const first = await Promise.race([work.then((value) => ok<T, ExecutorError>(value)), end]);
  clearTimeout(timer);
  bounds.signal?.removeEventListener('abort', cancel);
  if (first.isErr()) abandon();
  return first;
}
