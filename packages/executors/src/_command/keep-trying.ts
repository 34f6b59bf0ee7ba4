/** Waits for a lock that somebody else has. */

import type { ExecutorError } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';

/** Who had it. */
export interface LockedError extends ExecutorError {
  readonly kind: 'not_started';
  readonly owner: string;
}
/** One try. */
export type Tried<T> = Result<T | { readonly busy: string }, ExecutorError>;

// A change takes seconds; asking costs a server one process.
const AGAIN_MS = 250;

/** Tries until it has it or the bounds are reached; then the answer is who had it. Err kinds: those of `tryOnce`, `not_started`. */
export async function keepTrying<T extends object>(
  tryOnce: () => Promise<Tried<T>>,
  { remainingMs, signal }: { remainingMs(): number; readonly signal?: AbortSignal | undefined },
): Promise<Result<T, ExecutorError>> {
  let owner: string | undefined;
  for (;;) {
    const tried = await tryOnce();
    if (tried.isErr()) {
      const isLate = tried.error.kind === 'timed_out' || tried.error.kind === 'cancelled';
      return err(isLate && owner !== undefined ? locked(owner) : tried.error);
    }
    if (!('busy' in tried.value)) return tried as Result<T, ExecutorError>;
    owner = tried.value.busy;
    const waitMs = Math.min(AGAIN_MS * (0.5 + Math.random()), remainingMs());
    if (waitMs > 0 && !signal?.aborted) await sleep(waitMs, signal);
    if (remainingMs() <= 0 || signal?.aborted) return err(locked(owner));
  }
}

const locked = (owner: string): LockedError => ({
  kind: 'not_started',
  message: 'somebody else changes this server, and was not done in time',
  owner,
});

function sleep(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
