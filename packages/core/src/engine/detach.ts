/** A change that goes on by itself: begun, waited for, and its end read back whatever happens to the connection meanwhile. */

import type { CommandAction } from '../action.js';
import type { CallOptions, DetachedRun, Detaching, ExecutorError, Followed } from '../executor.js';
import type { Outcome } from '../outcome.js';
import type { Asking, Engine } from './engine.js';
import type { Prepared } from './prepare.js';
import type { Reached } from './reach.js';

/** How a change is detached. */
export interface Detachment {
  readonly detaching: Detaching;
  readonly action: CommandAction;
  readonly waitMs: number;
  /** Whether the asker wants it to go on when he stops waiting; else a cancel ends it. */
  readonly goesOn: boolean;
}
/** What came of it. `isFinal`: nothing more can be learned of it from the target. */
export type Came =
  | { readonly outcome: Outcome; readonly isFinal: boolean }
  | { readonly notSent: ExecutorError }
  | { readonly running: true };

// What takes longer is likely to outlive a connection, a lid or a client's patience.
const LONG_MS = 60_000;
// Beyond the command's own deadline: ending it, and reading what it printed.
const AFTER_MS = 15_000;
// One look; a connection that says nothing is noticed, and made anew, in between.
const LOOK_MS = 10_000;
const AGAIN_MS = 1_000;
/** How long a command that is ended has to end. */
export const STOP_MS = 5_000;

/** Whether and how; undefined where it is quick, or the target has no such thing. */
export function detachmentOf(
  asking: Asking,
  { operation }: Prepared,
  { session }: Reached,
  action: { readonly kind: string },
  call: CallOptions,
): Detachment | undefined {
  const { detached } = session;
  if (detached === undefined || action.kind !== 'command' || operation.class === 'read') return undefined;
  if (call.timeoutMs <= (asking.waitMs ?? LONG_MS)) return undefined;
  const waitMs = asking.waitMs ?? call.timeoutMs + AFTER_MS;
  return { detaching: detached, action: action as CommandAction, waitMs, goesOn: asking.waitMs !== undefined };
}

/** Starts it and waits. Nothing here runs anything twice: what may have been started is only looked at. */
export async function performDetached(
  { clock }: Pick<Engine, 'clock'>,
  how: Detachment,
  call: CallOptions,
): Promise<Came> {
  const { detaching, action, waitMs, goesOn } = how;
  const from = clock.monotonicMs();
  const leftMs = () => waitMs - (clock.monotonicMs() - from);
  const run = (): DetachedRun => ({
    executionId: call.executionId,
    as: action.as,
    startedMsAgo: Math.ceil(clock.monotonicMs() - from),
  });
  const started = await detaching.start(action, Math.max(0, Math.min(waitMs, LOOK_MS)), call);
  if (started.isErr()) return { notSent: started.error };
  let seen: Followed | { readonly kind: 'cut' } = started.value;
  while (seen.kind === 'running' || seen.kind === 'cut') {
    if (call.signal?.aborted) return goesOn ? { running: true } : stop(detaching, run(), call);
    if (leftMs() <= 0) return goesOn ? { running: true } : { outcome: unknown(UNREAD), isFinal: false };
    const looked = await detaching.follow(run(), { waitMs: Math.min(leftMs(), LOOK_MS), stop: false }, call);
    if (looked.isOk()) seen = looked.value;
    else await clock.sleep(Math.max(1, Math.min(AGAIN_MS, leftMs())), call.signal);
  }
  return came(seen);
}

const UNREAD = 'it was begun, and the target could not be asked for its end; it can be read back later';
const STOPPING = 'cancelled, and the target could not be asked whether it has ended; that can be read back later';
const unknown = (reason: string): Outcome => ({ kind: 'unknown', reason, durationMs: 0 });

async function stop(detaching: Detaching, run: DetachedRun, call: CallOptions): Promise<Came> {
  const { signal: _, ...rest } = call;
  const looked = await detaching.follow(run, { waitMs: STOP_MS, stop: true }, rest);
  const seen: Followed = looked.unwrapOr({ kind: 'running' });
  return seen.kind === 'running' ? { outcome: unknown(STOPPING), isFinal: false } : came(seen);
}

/** Removes what the target kept of it. A failure changes nothing: what is left goes after a while. */
export async function forget(
  { detaching, action: { as } }: Pick<Detachment, 'detaching'> & { readonly action: Pick<CommandAction, 'as'> },
  { signal: _, ...call }: CallOptions,
): Promise<void> {
  const forgotten = await detaching.forget({ executionId: call.executionId, as, startedMsAgo: 0 }, call);
  forgotten.unwrapOr(undefined);
}

/** What was seen of an end. */
export const came = (seen: Exclude<Followed, { readonly kind: 'running' }>): Came =>
  seen.kind === 'absent' ? { notSent: NEVER_BEGUN } : { outcome: seen, isFinal: true };

const NEVER_BEGUN: ExecutorError = {
  kind: 'not_started',
  message: 'it never reached the target, and now never will',
};
