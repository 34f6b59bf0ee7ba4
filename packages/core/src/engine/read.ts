/** A read that policy allowed: performed, recorded, parsed. It changes nothing, so its record comes after it. */

import { err, ok, type Result } from 'neverthrow';
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
  const outcome = redactOutcome(performed.value, engine.redact);
  const output = readOutcome(prepared.operation, outcome, prepared.input, prepared.platform, prepared.about);
  const done = { action, executor, identity: session.identity };
  const records = [decision, executionFinished(engine, scope, { outcome }, done)];
  const facts = output.isOk() ? (prepared.operation.facts?.(output.value, prepared.input) ?? []) : [];
  if (facts.length > 0) records.push(observationRecorded(scope, facts));
  const kept = await engine.ledger.append(records);
  if (kept.isErr()) return ok(err(unrecorded(prepared.about, kept.error)));
  const evidence = kept.value.map(({ index }) => String(index));
  return ok(
    output
      .map((value) => ({ output: value, target: prepared.target.id, observedAt: engine.clock.now(), evidence }))
      .mapErr((refusal) => ({ ...refusal, evidence })),
  );
}
