/** A change: observed, approved where policy says so, intended on record, performed, recorded, verified. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { CallOptions, ExecutorError } from '../executor.js';
import type { JsonValue } from '../json.js';
import type { RecordType } from '../ledger.js';
import type { Outcome } from '../outcome.js';
import type { PlanStepBody } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import type { Usable } from './approve.js';
import type { Decided } from './decide.js';
import { type Asking, type Engine, newId } from './engine.js';
import { readOutcome, redactOutcome } from './outcome.js';
import { actionOf, type PerformRead, type Prepared } from './prepare.js';
import type { Reached } from './reach.js';
import { callOptions } from './read.js';
import { approvalConsumed, decisionMade, executionFinished, executionIntended, type Scope } from './records.js';
import { appendRefused, notSent, outcomeUnknown, unrecorded } from './refuse.js';
import type { Turn } from './turn.js';
import { verify } from './verify.js';

/** A change that is ready: where it would run, the state it was observed on, the exact bytes. */
export interface Ready {
  readonly prepared: Prepared;
  readonly reached: Reached;
  readonly before: JsonValue;
  readonly action: Action;
}
/** What lets it run: the decision, and the approval with its slot where one is needed. */
export interface Permit {
  readonly decided: Decided;
  readonly usable?: Usable;
  /** Which step of its plan it is. */
  readonly slot: number;
  readonly turn: Turn;
  /** The plan it is a step of: its id, digest and that the step runs once. */
  readonly plan?: { readonly id: string; readonly digest: string };
}

/** Records after the decision that take the ground from under it. */
const OVERTAKING: readonly RecordType[] = ['freeze.set', 'approval.revoked', 'approval.denied', 'approval.withdrawn'];

/** Observes the target and builds the bytes. Err kinds: those of the observing read, `unsupported`. */
export async function makeReady(
  asking: Asking,
  prepared: Prepared,
  reached: Reached,
  performRead: PerformRead,
): Promise<Result<Ready, Refusal>> {
  const observes = prepared.operation.change?.observes;
  let before: JsonValue = null;
  const look = observedInput(prepared);
  if (observes !== undefined && !('none' in observes) && look !== undefined) {
    const seen = await performRead(asking, observes.operation, prepared.target.id, look);
    if (seen.isErr()) return err(seen.error);
    before = observes.pick(seen.value.output);
  }
  return actionOf(prepared, before).map((action) => ({ prepared, reached, before, action }));
}

/** What is looked at before it; undefined where there is nothing. */
function observedInput({ operation, input }: Prepared): unknown {
  const observes = operation.change?.observes;
  return observes === undefined || 'none' in observes ? undefined : observes.input(input);
}

/** The step as a plan holds it. */
export function stepBody({ prepared, reached, before, action }: Ready, why: string): PlanStepBody {
  const { operation, target, platform, input } = prepared;
  const observes = operation.change?.observes;
  const needed = Object.fromEntries(operation.needs.map((fact) => [fact, platform[fact]]));
  return {
    operation: operation.name,
    class: operation.class,
    target: { id: target.id, executor: reached.executor, identity: reached.session.identity },
    platform: needed,
    input: input as JsonValue,
    action,
    limits: operation.limits,
    observed:
      observes === undefined || 'none' in observes || observedInput(prepared) === undefined
        ? null
        : { operation: observes.operation.name, value: before },
    why,
  };
}

/** Runs what is permitted, exactly once. Err kinds: `refused`, `evidence_unavailable`, `not_sent`, `outcome_unknown`, `failed`, `stale`, `unparseable_output`, `unrecorded`, `unverified`. */
export async function execute(
  engine: Engine,
  asking: Asking,
  ready: Ready,
  permit: Permit,
  performRead: PerformRead,
): Promise<Result<Performed<unknown>, Refusal>> {
  const { prepared } = ready;
  const execution = newId('exec');
  const scope = scopeOf(asking, prepared, permit, execution);
  const intended = await intend(engine, ready, permit, scope);
  if (intended.isErr()) return err(intended.error);
  try {
    return await performIntended(engine, asking, ready, scope, intended.value, performRead);
  } catch {
    const about = { ...prepared.about, evidence: intended.value };
    return err(outcomeUnknown(about, 'an internal defect broke it off after its intent'));
  }
}

/** From here on something may have happened: every way out is on record. */
async function performIntended(
  engine: Engine,
  asking: Asking,
  ready: Ready,
  scope: Scope & { readonly execution: string },
  intended: readonly string[],
  performRead: PerformRead,
): Promise<Result<Performed<unknown>, Refusal>> {
  const { prepared, before } = ready;
  const { operation, target, input, platform } = prepared;
  const performed = await perform(ready, callOptions(asking, prepared, scope.execution));
  const ended = 'outcome' in performed ? { outcome: redactOutcome(performed.outcome, engine.redact) } : performed;
  const kept = await engine.ledger.append([executionFinished(engine, scope, ended)]);
  if (kept.isErr()) return err(unrecorded({ ...prepared.about, evidence: intended }, kept.error));
  const evidence = [...intended, ...kept.value.map(({ index }) => String(index))];
  const about = { ...prepared.about, evidence };
  if (!('outcome' in ended)) return err(notSent(about, ended.notSent));
  const output = readOutcome(operation, ended.outcome, input, platform, about);
  if (output.isErr()) return err(output.error);
  const verified = await verify(engine, asking, prepared, before, scope, performRead);
  if (verified.isErr()) return err({ ...verified.error, evidence: [...evidence, ...verified.error.evidence] });
  const proofs = verified.value === undefined ? evidence : [...evidence, verified.value];
  return ok({ output: output.value, target: target.id, observedAt: engine.clock.now(), evidence: proofs });
}

/** The durable write before the first byte is sent. */
async function intend(
  engine: Engine,
  ready: Ready,
  permit: Permit,
  scope: Scope,
): Promise<Result<readonly string[], Refusal>> {
  const { prepared, reached, before, action } = ready;
  const { decided, usable, slot, plan, turn } = permit;
  const records = [
    { ...decisionMade(engine, scope, decided), ...(turn.once === undefined ? {} : { once: turn.once }) },
    ...(usable ? [approvalConsumed(scope, usable.approval, usable.slot)] : []),
    executionIntended(engine, scope, {
      action,
      executor: reached.executor,
      identity: reached.session.identity,
      observed: before,
      timeoutMs: prepared.operation.limits.timeoutMs,
      ...(plan ? { once: `plan:${plan.id}:${slot}` } : {}),
    }),
  ];
  const kept = await engine.ledger.append(records, { types: OVERTAKING, from: decided.state.from });
  return kept
    .map((receipts) => receipts.map(({ index }) => String(index)))
    .mapErr((error) => appendRefused(prepared.about, error));
}

/** An executor that throws has broken its contract; what it did by then nobody knows. */
async function perform(
  { reached, action }: Ready,
  call: CallOptions,
): Promise<{ readonly outcome: Outcome } | { readonly notSent: ExecutorError }> {
  try {
    const performed = await reached.session.perform(action, call);
    return performed.isOk() ? { outcome: performed.value } : { notSent: performed.error };
  } catch {
    return { outcome: { kind: 'unknown', reason: 'the executor broke off', durationMs: 0 } };
  }
}

function scopeOf(
  asking: Asking,
  { about }: Prepared,
  { decided, usable, plan }: Permit,
  execution: string,
): Scope & { readonly execution: string } {
  return {
    asking,
    operation: about.operation,
    target: about.target,
    policy: decided.decision.policyDigest,
    execution,
    ...(plan ? { plan: plan.id, digest: plan.digest } : {}),
    ...(usable ? { approval: usable.approval.id } : {}),
  };
}
