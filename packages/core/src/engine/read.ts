/** A read that policy allowed: performed, recorded, parsed. It changes nothing, so its record comes after it. */

import { err, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { CallOptions } from '../executor.js';
import type { NewRecord } from '../ledger.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import type { Decided } from './decide.js';
import { type Asking, type Engine, newId } from './engine.js';
import { readOutcome, redactOutcome } from './outcome.js';
import type { Prepared } from './prepare.js';
import { type Reached, withSession } from './reach.js';
import { decisionMade, executionFinished, observationRecorded, type Scope } from './records.js';
import { notSent, unrecorded } from './refuse.js';

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
  if (result.isErr() && result.error.evidence.length === 0) return recordFailure(engine, scope, decision, result.error);
  return result;
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
): Promise<Result<Performed<unknown>, Refusal>> {
  const performed = await session.perform(action, call);
  if (performed.isErr()) return err(notSent(prepared.about, performed.error));
  const outcome = redactOutcome(performed.value, engine.redact);
  const output = readOutcome(prepared.operation, outcome, prepared.input, prepared.platform, prepared.about);
  const done = { action, executor, identity: session.identity };
  const records = [decision, executionFinished(engine, scope, { outcome }, done)];
  const facts = output.isOk() ? (prepared.operation.facts?.(output.value, prepared.input) ?? []) : [];
  if (facts.length > 0) records.push(observationRecorded(scope, facts));
  const kept = await engine.ledger.append(records);
  if (kept.isErr()) return err(unrecorded(prepared.about, kept.error));
  const evidence = kept.value.map(({ index }) => String(index));
  return output
    .map((value) => ({ output: value, target: prepared.target.id, observedAt: engine.clock.now(), evidence }))
    .mapErr((refusal) => ({ ...refusal, evidence }));
}

/** Nothing was sent: the decision is kept all the same, with why nothing followed. */
async function recordFailure(
  engine: Engine,
  scope: Scope,
  decision: NewRecord,
  refusal: Refusal,
): Promise<Result<never, Refusal>> {
  if (refusal.kind === 'unrecorded') return err(refusal);
  const notDone = refusal.kind === 'not_sent' ? [executionFinished(engine, scope, { notSent: refusal.error })] : [];
  const kept = await engine.ledger.append([decision, ...notDone]);
  if (kept.isErr()) return err(unrecorded({ ...scope }, kept.error));
  return err({ ...refusal, evidence: kept.value.map(({ index }) => String(index)) });
}
