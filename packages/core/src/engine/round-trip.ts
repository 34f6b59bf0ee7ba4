/** Reads that policy allowed, sent to one target together; each has its own answer and its own records. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { CallOptions, ExecutorError, ExecutorSession } from '../executor.js';
import type { NewRecord } from '../ledger.js';
import type { Outcome } from '../outcome.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import type { Decided } from './decide.js';
import type { Asking, Engine } from './engine.js';
import { fanOut } from './fan-out.js';
import type { Prepared } from './prepare.js';
import { type Reached, withSession } from './reach.js';
import { callOptions, type EndedRead, readEnded, withEvidence } from './read.js';
import type { Scope } from './records.js';
import { notSent, refused, unrecorded } from './refuse.js';
import { keepUndone } from './undone.js';

type Answer = Result<Performed<unknown>, Refusal>;
/** A read that policy allowed and that can share a round trip. */
export interface ReadyRead {
  readonly place: number;
  readonly prepared: Prepared;
  readonly action: Action;
  readonly decided: Decided;
  readonly scope: Scope & { readonly execution: string };
  readonly decision: NewRecord;
}

/** Performs them in one round trip where the executor can; answers each with its place. */
export async function readTogether(
  engine: Engine,
  asking: Asking,
  batch: readonly ReadyRead[],
): Promise<readonly (readonly [number, Answer])[]> {
  const [first] = batch;
  if (!first) return [];
  const { target, about } = first.prepared;
  const call = sharedCall(asking, batch, first);
  const done = await withSession(engine, target, 'command', call, about, async (reached) =>
    ok(await send(engine, asking, batch, call, reached)),
  ).catch((cause) => err(refused(about, 'defect', cause)));
  if (done.isOk()) return done.value;
  return fanOut(batch, async ({ place, prepared, decided, scope }) => {
    const refusal = { ...done.error, operation: prepared.about.operation };
    return [place, await keepUndone(engine, scope, decided, refusal)] as const;
  });
}

/** The widest bounds of all: each read keeps its own by what it asks for. */
function sharedCall(asking: Asking, batch: readonly ReadyRead[], { scope, prepared }: ReadyRead): CallOptions {
  const limits = batch.map(({ prepared: one }) => callOptions(asking, one, scope.execution));
  return {
    ...callOptions(asking, prepared, scope.execution),
    timeoutMs: Math.max(...limits.map(({ timeoutMs }) => timeoutMs)),
    maxOutputBytes: Math.max(...limits.map(({ maxOutputBytes }) => maxOutputBytes)),
  };
}

type Sent = { readonly outcome: Outcome } | { readonly error: ExecutorError };

async function send(
  engine: Engine,
  asking: Asking,
  batch: readonly ReadyRead[],
  call: CallOptions,
  reached: Reached,
): Promise<readonly (readonly [number, Answer])[]> {
  const { session, executor } = reached;
  const sent = (await sendAtOnce(session, batch, call)) ?? (await sendEach(session, asking, batch));
  const ended = batch.map((one, place) => {
    const how = sent[place];
    if (how === undefined || 'error' in how) return { one, how };
    const done = { action: one.action, executor, identity: session.identity };
    return { one, read: readEnded(engine, one.prepared, one.scope, one.decision, how.outcome, done) };
  });
  const read = ended.flatMap(({ one, read: its }) => (its ? [{ one, its }] : []));
  const kept = await keepTogether(engine, read);
  const undone = await fanOut(
    ended.flatMap(({ one, how }) => (how && 'error' in how ? [{ one, error: how.error }] : [])),
    async ({ one, error }) =>
      [one.place, await keepUndone(engine, one.scope, one.decided, notSent(one.prepared.about, error))] as const,
  );
  return [...kept, ...undone];
}

/** `undefined` where the executor performs one action at a time. */
async function sendAtOnce(
  session: ExecutorSession,
  batch: readonly ReadyRead[],
  call: CallOptions,
): Promise<readonly Sent[] | undefined> {
  const answered = await session.performAll?.(
    batch.map(({ action }) => action),
    call,
  );
  if (answered === undefined) return undefined;
  if (answered.isErr()) return batch.map(() => ({ error: answered.error }));
  // An executor that answers fewer than it was asked has broken its contract.
  return batch.map((_, place) => ({
    outcome: answered.value[place] ?? {
      kind: 'unknown',
      reason: 'the executor did not answer this read',
      durationMs: 0,
    },
  }));
}

/** One durable write for all that ran. */
async function keepTogether(
  engine: Engine,
  read: readonly { readonly one: ReadyRead; readonly its: EndedRead }[],
): Promise<readonly (readonly [number, Answer])[]> {
  if (read.length === 0) return [];
  const kept = await engine.ledger.append(read.flatMap(({ its }) => its.records));
  let from = 0;
  return read.map(({ one: { place, prepared }, its }) => {
    if (kept.isErr()) return [place, err(unrecorded(prepared.about, kept.error))];
    const receipts = kept.value.slice(from, from + its.records.length);
    from += its.records.length;
    return [place, withEvidence(engine, prepared, its.output, receipts)];
  });
}

const sendEach = (session: ExecutorSession, asking: Asking, batch: readonly ReadyRead[]) =>
  fanOut(batch, ({ action, prepared, scope }) =>
    session.perform(action, callOptions(asking, prepared, scope.execution)).match(
      (outcome): Sent => ({ outcome }),
      (error): Sent => ({ error }),
    ),
  );
