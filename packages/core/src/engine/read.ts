/** A read that policy allowed: performed, recorded, parsed. It changes nothing, so its record comes after it. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { CallOptions } from '../executor.js';
import type { NewRecord, Receipt } from '../ledger.js';
import type { Outcome } from '../outcome.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import type { Decided } from './decide.js';
import { type Asking, type Engine, newId } from './engine.js';
import { readOutcome, redactOutcome } from './outcome.js';
import type { Prepared } from './prepare.js';
import { type Reached, withSession } from './reach.js';
import { decisionMade, executionFinished, observationRecorded, type Scope } from './records.js';
import { notSent, unrecorded } from './refuse.js';
import { keepUndone } from './undone.js';

/** Performs an allowed read. Err kinds: `unsupported`, `not_sent`, `outcome_unknown`, `failed`, `unparseable_output`, `unrecorded`. */
export async function read(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
  action: Action,
  decided: Decided,
): Promise<Result<Performed<unknown>, Refusal>> {
  const execution = newId('exec');
  const scope: Scope = { asking, ...prepared.about, policy: decided.decision.policyDigest, execution };
  const decision = decisionMade(engine, scope, decided);
  const call = callOptions(asking, prepared, execution);
  const result = await withSession(engine, prepared.target, prepared.operation.via, call, prepared.about, (reached) =>
    send(engine, prepared, action, call, scope, decision, reached),
  );
  return result.isOk() ? result.value : keepUndone(engine, scope, decided, result.error);
}

/** The bounds of one call: the operation's own, shortened by the caller. */
export function callOptions(
  asking: Asking,
  { operation }: Pick<Prepared, 'operation'>,
  executionId: string,
): CallOptions {
  const { timeoutMs, maxOutputBytes } = operation.limits;
  return {
    executionId,
    timeoutMs: Math.min(timeoutMs, asking.timeoutMs ?? timeoutMs),
    maxOutputBytes,
    ...(asking.signal === undefined ? {} : { signal: asking.signal }),
  };
}

async function send(
  engine: Engine,
  prepared: Prepared,
  action: Action,
  call: CallOptions,
  scope: Scope,
  decision: NewRecord,
  { session, executor }: Reached,
): Promise<Result<Result<Performed<unknown>, Refusal>, Refusal>> {
  const performed = await session.perform(action, call);
  if (performed.isErr()) return err(notSent(prepared.about, performed.error));
  const done = { action, executor, identity: session.identity };
  const ended = readEnded(engine, prepared, scope, decision, performed.value, done);
  const kept = await engine.ledger.append(ended.records);
  if (kept.isErr()) return ok(err(unrecorded(prepared.about, kept.error)));
  return ok(withEvidence(engine, prepared, ended.output, kept.value));
}

/** What a read that ran comes to: its output or why there is none, and its records. */
export interface EndedRead {
  readonly output: Result<unknown, Refusal>;
  readonly records: readonly NewRecord[];
}

/** Masks and reads an outcome. Pure. */
export function readEnded(
  engine: Engine,
  { operation, input, platform, about }: Prepared,
  scope: Scope,
  decision: NewRecord,
  performed: Outcome,
  done: { readonly action: Action; readonly executor: string; readonly identity: string },
): EndedRead {
  const outcome = redactOutcome(performed, engine.redact);
  const output = readOutcome(operation, outcome, input, platform, about);
  const facts = output.isOk() ? (operation.facts?.(output.value, input) ?? []) : [];
  const records = [decision, executionFinished(engine, scope, { outcome }, done)];
  return { output, records: facts.length > 0 ? [...records, observationRecorded(scope, facts)] : records };
}

/** The caller's answer, with the records that prove it. */
export function withEvidence(
  { clock }: Engine,
  { target }: Prepared,
  output: Result<unknown, Refusal>,
  receipts: readonly Receipt[],
): Result<Performed<unknown>, Refusal> {
  const evidence = receipts.map(({ index }) => String(index));
  return output
    .map((value) => ({ output: value, target: target.id, observedAt: clock.now(), evidence }))
    .mapErr((refusal) => ({ ...refusal, evidence }));
}
