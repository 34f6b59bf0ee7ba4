/** Waits for the end of a process group, and brings it about when a bound is reached. Never waits past its bounds. */

import type { CallOptions } from '@meshclaw/core';
import { signalGroup } from './signal-group.js';
import type { Started } from './start.js';

/** How a command ended. `stopped` is why we ended it; `seen` is false when its end could not be observed. */
export interface End {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stopped: string | undefined;
  readonly seen: boolean;
  /** True when something still held the output open, so that more may be printed than was read. */
  readonly stillOpen: boolean;
}
/** A running command that is being watched. */
export interface Watch {
  readonly end: Promise<End>;
  /** Ends it early: TERM, then KILL. Does nothing once it has ended. */
  stop(reason: string): void;
}

// Time for a command to tidy up after TERM, before KILL.
const TERM_MS = 2_000;
// KILL cannot be refused; only a process stuck in the kernel outlives it, and that one is not waited for.
const KILL_MS = 1_000;
// A daemon that the command left behind may hold its output open for ever. What was printed before is there at once.
const DRAIN_MS = 500;
// setTimeout takes 32 bits and fires at once beyond.
const LONGEST_MS = 2_147_483_647;

/** Watches a started command under the deadline and signal of the call. */
export function watch({ child, pid }: Started, action: { readonly as: 'login' | 'root' }, call: CallOptions): Watch {
  const { promise, resolve } = withResolvers<End>();
  const timers = new Set<NodeJS.Timeout>();
  const after = (durationMs: number, act: () => void) => timers.add(setTimeout(act, durationMs));
  let ended: Pick<End, 'exitCode' | 'signal'> | undefined;
  let stopped: string | undefined;
  const cancel = () => stop('cancelled: the command was stopped and may have done part of its work');
  const finish = (stillOpen: boolean) => {
    for (const timer of timers) clearTimeout(timer);
    call.signal?.removeEventListener('abort', cancel);
    resolve({ exitCode: null, signal: null, ...ended, stopped, seen: ended !== undefined, stillOpen });
  };
  const kill = () => {
    signalGroup(pid, 'KILL', action);
    after(KILL_MS, () => finish(true));
  };
  function stop(reason: string): void {
    if (stopped !== undefined || ended !== undefined) return;
    stopped = reason;
    signalGroup(pid, 'TERM', action);
    after(TERM_MS, kill);
  }
  child.once('exit', (exitCode, signal) => {
    ended = { exitCode, signal };
    // Only now is the group's id certainly still its own. A command that ended by itself keeps what it left running.
    if (stopped !== undefined) signalGroup(pid, 'KILL', action);
    after(DRAIN_MS, () => finish(true));
  });
  child.once('close', () => finish(false));
  child.on('error', () => undefined);
  after(Math.min(call.timeoutMs, LONGEST_MS), () =>
    stop('deadline reached: the command was stopped and may have done part of its work'),
  );
  call.signal?.addEventListener('abort', cancel, { once: true });
  return { end: promise, stop };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
