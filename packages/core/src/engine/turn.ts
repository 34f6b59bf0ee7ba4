/** One change at a time on a target: from the look at its state, through what is done, to the look at what came of it. */

import { err, ok, type Result } from 'neverthrow';
import { subjectName } from '../decision.js';
import type { CallOptions, ExecutorError, ExecutorLock } from '../executor.js';
import type { Operation } from '../operation.js';
import type { Refusal } from '../refusal.js';
import type { Asking, Engine } from './engine.js';
import type { Prepared } from './prepare.js';
import type { Reached } from './reach.js';
import { evidenceUnavailable, notSent, refused, TURN } from './refuse.js';

/** What a change has while it is its turn. */
export interface Turn {
  /**
   * Stored with the decision where the target has no lock of its own: of all that looked at the target after the same last
   * change, one can begin. Undefined where it has one.
   */
  readonly once: string | undefined;
}
/** Of what changes no server. */
export const NO_TURN: Turn = { once: undefined };

/**
 * Waits for other changes of this target (in this process, and in every other one where the target has a lock), runs `use`,
 * and lets the next one in. Err kinds: `not_sent`, `refused` (`overtaken`), `evidence_unavailable`, and those of `use`.
 */
export async function withTurn<T>(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
  reached: Reached,
  call: CallOptions,
  use: (turn: Turn) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  const { about, operation, target } = prepared;
  if (target.kind !== 'server' || operation.change === undefined) return use(NO_TURN);
  const inside = await enter(engine, about.target, call);
  if (inside.isErr()) return err(notSent(about, inside.error));
  try {
    const lock = await takeLock(asking, operation, reached, call);
    if (lock.isErr()) return err(notSent(about, lock.error));
    const held = lock.value;
    if (held === undefined) return await withKey(engine, prepared, use);
    try {
      return await use(NO_TURN);
    } finally {
      await held.release().catch(() => undefined);
    }
  } finally {
    inside.value();
  }
}

/** Waits for its turn in this process. The answer ends the turn. */
async function enter(
  { turns, clock }: Engine,
  target: string,
  call: CallOptions,
): Promise<Result<() => void, ExecutorError>> {
  const leave = () => {
    const next = turns.get(target)?.shift();
    if (next) next();
    else turns.delete(target);
  };
  const queue = turns.get(target);
  if (queue === undefined) {
    turns.set(target, []);
    return ok(leave);
  }
  let admit: () => void = () => undefined;
  const turn = new Promise<'turn'>((resolve) => {
    admit = () => resolve('turn');
  });
  queue.push(admit);
  const waiting = new AbortController();
  const ends = AbortSignal.any([waiting.signal, ...(call.signal ? [call.signal] : [])]);
  const first = await Promise.race([turn, clock.sleep(call.timeoutMs, ends).then(() => 'late' as const)]);
  waiting.abort();
  if (first === 'turn') return ok(leave);
  const place = queue.indexOf(admit);
  if (place === -1) leave();
  else queue.splice(place, 1);
  return err(call.signal?.aborted ? CANCELLED : BUSY);
}

const CANCELLED: ExecutorError = { kind: 'cancelled', message: 'cancelled while another change of this target ran' };
const BUSY: ExecutorError = { kind: 'timed_out', message: 'another change of this target ran until the deadline' };

/** Undefined where the target has none. */
async function takeLock(
  asking: Asking,
  operation: Operation,
  { session }: Reached,
  call: CallOptions,
): Promise<Result<ExecutorLock | undefined, ExecutorError>> {
  if (session.lock === undefined) return ok(undefined);
  const lock = await session.lock(subjectName(asking.subject), longestMs(operation), call);
  return lock.isErr() && lock.error.kind === 'unsupported' ? ok(undefined) : lock;
}

// Between its parts, and for evidence.
const SLACK_MS = 30_000;

/** What observing, doing and verifying may take at most. */
function longestMs({ limits, change }: Operation): number {
  const observes = change?.observes;
  const verify = change?.verify;
  const seeing = observes && !('none' in observes) ? observes.operation.limits.timeoutMs : 0;
  const verifying =
    verify && !('none' in verify) ? verify.attempts * (verify.everyMs + verify.operation.limits.timeoutMs) : 0;
  return seeing + limits.timeoutMs + verifying + SLACK_MS;
}

/** Where the ledger alone knows who else changes the target: whoever shares it. Err kinds: `refused`, `evidence_unavailable`. */
async function withKey<T>(
  { ledger, clock }: Engine,
  { about }: Prepared,
  use: (turn: Turn) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  const { target } = about;
  const found = await ledger.find({ types: ['execution.intended'], target, order: 'newest_first', limit: 1 });
  if (found.isErr()) return err(evidenceUnavailable(about, found.error));
  const [last] = found.value;
  const once = `${TURN}${target}:${last?.index ?? 'first'}`;
  if (last?.execution === undefined) return use({ once });
  const ended = await ledger.count({ execution: last.execution, types: ['execution.finished', 'execution.settled'] });
  if (ended.isErr()) return err(evidenceUnavailable(about, ended.error));
  const body = last.body as { readonly timeout_ms?: unknown } | null;
  const limitMs = typeof body?.timeout_ms === 'number' ? body.timeout_ms : 0;
  const isRunning = ended.value === 0 && Date.parse(clock.now()) < Date.parse(last.recordedAt) + limitMs;
  return isRunning ? err(refused(about, 'overtaken')) : use({ once });
}
