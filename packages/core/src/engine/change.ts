/** A change: observed, approved where policy says so, intended on record, performed, recorded, verified. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import { endedKey } from '../executions.js';
import type { CallOptions, ExecutorError } from '../executor.js';
import type { JsonValue } from '../json.js';
import type { NewRecord, RecordType } from '../ledger.js';
import type { PlanStepBody } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import type { Usable } from './approve.js';
import type { Decided } from './decide.js';
import { type Came, type Detachment, detachmentOf, forget, performDetached } from './detach.js';
import { type Asking, type Engine, newId } from './engine.js';
import { readOutcome, redactOutcome } from './outcome.js';
import { actionOf, type PerformRead, type Prepared } from './prepare.js';
import type { Reached } from './reach.js';
import { callOptions } from './read.js';
import { approvalConsumed, decisionMade, executionFinished, executionIntended, type Scope } from './records.js';
import { appendRefused, notSent, outcomeUnknown, stillRunning, unrecorded } from './refuse.js';
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

/** Runs what is permitted, exactly once. Err kinds: `refused`, `evidence_unavailable`, `not_sent`, `running`, `outcome_unknown`, `failed`, `stale`, `unparseable_output`, `unrecorded`, `unverified`. */
export async function execute(
  engine: Engine,
  asking: Asking,
  ready: Ready,
  permit: Permit,
  performRead: PerformRead,
): Promise<Result<Performed<unknown>, Refusal>> {
  const { prepared, reached, action } = ready;
  const call = callOptions(asking, prepared, newId('exec'));
  const how = detachmentOf(asking, prepared, reached, action, call);
  const scope = scopeOf(asking, prepared, permit, call.executionId);
  const records = beginning(engine, ready, permit, scope, how !== undefined);
  const done = await run(engine, { asking, ready, permit, scope, call, performRead }, records, how);
  if (done !== 'undetachable') return done;
  // Certainly nothing was done, so that it may begin once more, under a name of its own and not by itself.
  const other = newId('exec');
  const again = { ...scope, execution: other };
  const cannot = executionFinished(engine, scope, { notSent: UNDETACHABLE });
  const intent = intended(engine, ready, again, {});
  const attached = { asking, ready, permit, scope: again, call: { ...call, executionId: other }, performRead };
  return (await run(engine, attached, [cannot, intent], undefined)) as Result<Performed<unknown>, Refusal>;
}

const UNDETACHABLE: ExecutorError = {
  kind: 'unsupported',
  message: 'the target cannot keep it going by itself; it is begun again as part of this call',
};

/** One execution. */
interface Execution {
  readonly asking: Asking;
  readonly ready: Ready;
  readonly permit: Permit;
  readonly scope: Scope & { readonly execution: string };
  readonly call: CallOptions;
  readonly performRead: PerformRead;
}
type Done = Result<Performed<unknown>, Refusal>;

async function run(
  engine: Engine,
  one: Execution,
  records: readonly NewRecord[],
  how: Detachment | undefined,
): Promise<Done | 'undetachable'> {
  const { about } = one.ready.prepared;
  const begun = await intend(engine, one, records);
  if (begun.isErr()) return err(begun.error);
  try {
    return await performIntended(engine, one, begun.value, how);
  } catch {
    return err(outcomeUnknown({ ...about, evidence: begun.value }, 'an internal defect broke it off after its intent'));
  }
}

/** From here on something may have happened: every way out is on record. */
async function performIntended(
  engine: Engine,
  { asking, ready, scope, call, performRead }: Execution,
  begun: readonly string[],
  how: Detachment | undefined,
): Promise<Done | 'undetachable'> {
  const { prepared, before } = ready;
  const { operation, target, input, platform, about: named } = prepared;
  const came = how === undefined ? await perform(ready, call) : await performDetached(engine, how, call);
  if ('running' in came) return err(stillRunning({ ...named, evidence: begun }, scope.execution));
  if ('notSent' in came && how !== undefined && came.notSent.kind === 'unsupported') return 'undetachable';
  const ended = 'outcome' in came ? { outcome: redactOutcome(came.outcome, engine.redact) } : came;
  const isFinal = !('outcome' in came) || came.isFinal;
  const last = how !== undefined && isFinal ? { once: endedKey(scope.execution) } : {};
  const kept = await engine.ledger.append([{ ...executionFinished(engine, scope, ended), ...last }]);
  if (kept.isErr()) {
    const about = { ...named, evidence: begun };
    return err(
      kept.error.kind === 'already_recorded' ? outcomeUnknown(about, ELSEWHERE) : unrecorded(about, kept.error),
    );
  }
  // What is on record is not needed on the target any more; what cannot be removed now goes after a while.
  if (how !== undefined && 'outcome' in came && isFinal) await forget(how, call);
  const evidence = [...begun, ...kept.value.map(({ index }) => String(index))];
  const about = { ...named, evidence };
  if (!('outcome' in ended)) return err(notSent(about, ended.notSent));
  const output = readOutcome(operation, ended.outcome, input, platform, about);
  if (output.isErr()) return err(output.error);
  const verified = await verify(engine, asking, prepared, before, scope, performRead);
  if (verified.isErr()) return err({ ...verified.error, evidence: [...evidence, ...verified.error.evidence] });
  const proofs = verified.value === undefined ? evidence : [...evidence, verified.value];
  return ok({ output: output.value, target: target.id, observedAt: engine.clock.now(), evidence: proofs });
}

const ELSEWHERE = 'its end was read back by another process, and is on record';

/** The durable write before the first byte is sent. */
async function intend(
  engine: Engine,
  { ready, permit }: Execution,
  records: readonly NewRecord[],
): Promise<Result<readonly string[], Refusal>> {
  const kept = await engine.ledger.append(records, { types: OVERTAKING, from: permit.decided.state.from });
  return kept
    .map((receipts) => receipts.map(({ index }) => String(index)))
    .mapErr((error) => appendRefused(ready.prepared.about, error));
}

function beginning(
  engine: Engine,
  ready: Ready,
  { decided, usable, slot, plan, turn }: Permit,
  scope: Scope,
  detached: boolean,
): readonly NewRecord[] {
  return [
    { ...decisionMade(engine, scope, decided), ...(turn.once === undefined ? {} : { once: turn.once }) },
    ...(usable ? [approvalConsumed(scope, usable.approval, usable.slot)] : []),
    intended(engine, ready, scope, { detached, ...(plan ? { once: `plan:${plan.id}:${slot}` } : {}) }),
  ];
}

const intended = (
  engine: Engine,
  { prepared, reached, before, action }: Ready,
  scope: Scope,
  { detached = false, ...more }: { readonly detached?: boolean; readonly once?: string },
): NewRecord =>
  executionIntended(engine, scope, {
    action,
    executor: reached.executor,
    identity: reached.session.identity,
    observed: before,
    timeoutMs: prepared.operation.limits.timeoutMs,
    detached,
    ...more,
  });

/** An executor that throws has broken its contract; what it did by then nobody knows. */
async function perform({ reached, action }: Ready, call: CallOptions): Promise<Came> {
  try {
    const performed = await reached.session.perform(action, call);
    return performed.isOk() ? { outcome: performed.value, isFinal: true } : { notSent: performed.error };
  } catch {
    return { outcome: { kind: 'unknown', reason: 'the executor broke off', durationMs: 0 }, isFinal: true };
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
