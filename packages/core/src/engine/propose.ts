/** Makes a plan's step: bytes, identity and observed state; nothing runs but the reads that it observes. */

import { err, ok, type Result } from 'neverthrow';
import type { Operation } from '../operation.js';
import { type Plan, type PlanStep, planBytes, planDigest } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { holdsSecret, newEnvelope } from './approve.js';
import { makeReady, stepBody } from './change.js';
import { type Asking, type Engine, newId } from './engine.js';
import { performRead } from './perform.js';
import { prepare } from './prepare.js';
import { withSession } from './reach.js';
import { callOptions } from './read.js';
import { planCreated } from './records.js';
import { appendRefused, invalidInput } from './refuse.js';

/** One step, ready to be put in a plan. Err kinds: those of preparing and of the observing read. */
export async function propose(
  engine: Engine,
  asking: Asking,
  operation: Operation,
  target: string,
  input: unknown,
  why: string,
): Promise<Result<PlanStep, Refusal>> {
  const prepared = await prepare(engine, asking, operation, target, input, performRead(engine));
  if (prepared.isErr()) return err(prepared.error);
  const { about } = prepared.value;
  const call = callOptions(asking, prepared.value, newId('req'));
  return withSession(engine, prepared.value.target, operation.via, call, about, async (reached) => {
    const ready = await makeReady(asking, prepared.value, reached, performRead(engine));
    return ready.map((made) => stepBody(made, why) as PlanStep);
  });
}

/** Stores a plan of these steps, in this order. Err kinds: `invalid_input` (a secret would be stored), `evidence_unavailable`. */
export async function storePlan(
  engine: Engine,
  asking: Asking,
  title: string,
  steps: readonly PlanStep[],
): Promise<Result<Plan, Refusal>> {
  const { type, id } = asking.subject;
  const body = { v: 1 as const, subject: { type, id }, workflow: asking.workflow ?? null, steps };
  const plan = { ...newEnvelope(engine, asking, title), digest: planDigest(planBytes(body)), body };
  const about = { operation: asking.workflow ?? 'plan.create', target: plan.id };
  if (holdsSecret(engine, body)) {
    return err(invalidInput(about, ['a step holds what looks like a secret; a plan would store it']));
  }
  const kept = await engine.ledger.append([planCreated(asking, plan)]);
  return kept.isOk() ? ok(plan) : err(appendRefused(about, kept.error));
}
