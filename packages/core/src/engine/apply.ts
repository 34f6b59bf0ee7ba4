/** Runs a stored plan, step by step, through the same door. Nothing is recomputed between showing and running: what differs is stale. */

import { err, ok, type Result } from 'neverthrow';
import { canonicalJson } from '../digest.js';
import type { JsonValue } from '../json.js';
import type { Operation } from '../operation.js';
import type { Plan, PlanStepBody, StepReport } from '../plan.js';
import { readPlan } from '../read-plan.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import { ask, findGrant } from './approve.js';
import { execute, makeReady, type Permit, type Ready, stepBody } from './change.js';
import type { Decided, Demands } from './decide.js';
import type { Asking, Engine } from './engine.js';
import { judge, performRead } from './perform.js';
import { type Prepared, prepare } from './prepare.js';
import { withSession } from './reach.js';
import { callOptions } from './read.js';
import { decisionMade } from './records.js';
import { type About, evidenceUnavailable, refused, staleState, unsupportedHere } from './refuse.js';
import { NO_TURN, type Turn, withTurn } from './turn.js';
import { keepUndone } from './undone.js';

/** One step, decided by the policy of now. */
interface Judged {
  readonly slot: number;
  readonly step: PlanStepBody;
  readonly prepared: Prepared;
  readonly decided: Decided;
  readonly demands: Demands;
}

/** Applies a plan. Before the first step runs, every step is decided, compared with the target and, where policy asks for it, approved. Err kinds: every `Refusal`; once a step has run the answer is the list of what each step came to. */
export async function apply(
  engine: Engine,
  asking: Asking,
  planId: string,
  stopAfterFailures: number,
): Promise<Result<readonly StepReport[], Refusal>> {
  const about = { operation: 'plan.apply', target: planId };
  try {
    const plan = await loadPlan(engine, asking, about);
    if (plan.isErr()) return err(plan.error);
    const steps = await judgeSteps(engine, asking, plan.value);
    if (steps.isErr()) return err(steps.error);
    const approved = await approveSteps(engine, asking, plan.value, steps.value);
    if (approved.isErr()) return err(approved.error);
    return ok(await runSteps(engine, asking, plan.value, stopAfterFailures));
  } catch (cause) {
    return err(refused(about, 'defect', cause));
  }
}

async function loadPlan(engine: Engine, asking: Asking, about: About): Promise<Result<Plan, Refusal>> {
  const found = await engine.ledger.find({ plan: about.target, types: ['plan.created'], limit: 1 });
  if (found.isErr()) return err(evidenceUnavailable(about, found.error));
  const plan = found.value[0] && readPlan(found.value[0]);
  if (!plan) return err(refused(about, 'unknown_plan'));
  const { type, id } = plan.body.subject;
  if (type !== asking.subject.type || id !== asking.subject.id) return err(refused(about, 'not_the_asker'));
  const now = engine.clock.now();
  return now < plan.expiresAt && now >= plan.createdAt ? ok(plan) : err(refused(about, 'expired'));
}

/** Every step decided and compared with the target as it is now. */
async function judgeSteps(engine: Engine, asking: Asking, plan: Plan): Promise<Result<readonly Judged[], Refusal>> {
  const judged: Judged[] = [];
  for (const [slot, step] of plan.body.steps.entries()) {
    const one = await judgeStep(engine, asking, step, slot);
    if (one.isErr()) return err(one.error);
    const same = await withReady(engine, asking, one.value, 'compare', async () => ok(undefined));
    if (same.isErr()) return keep(engine, asking, plan, one.value, same.error);
    judged.push(one.value);
  }
  return ok(judged);
}

/** The decision of a step that is not run, with why not. */
const keep = (engine: Engine, asking: Asking, { id, digest }: Plan, { prepared, decided }: Judged, refusal: Refusal) =>
  keepUndone(engine, { asking, ...prepared.about, plan: id, digest }, decided, refusal);

async function judgeStep(
  engine: Engine,
  asking: Asking,
  step: PlanStepBody,
  slot: number,
): Promise<Result<Judged, Refusal>> {
  const about = { operation: step.operation, target: step.target.id };
  const operation = await operationOf(engine, step);
  if (!operation) return err(unsupportedHere(about, 'this installation has no such operation'));
  const prepared = await prepare(engine, asking, operation, step.target.id, step.input, performRead(engine));
  if (prepared.isErr()) return err(prepared.error);
  const judged = await judge(engine, asking, prepared.value);
  return judged.map(({ decided, demands }) => ({ slot, step, prepared: prepared.value, decided, demands }));
}

async function operationOf(engine: Engine, step: PlanStepBody): Promise<Operation | undefined> {
  const load = Object.hasOwn(engine.operations, step.operation) ? engine.operations[step.operation] : undefined;
  const operation = await load?.();
  return operation?.class === step.class ? operation : undefined;
}

/** Opens the target, makes the step ready and goes on only when it is the stored step to the last byte. What is run has its turn from before that look on. Err kinds: `stale` and those of `use`. */
async function withReady<T>(
  engine: Engine,
  asking: Asking,
  { prepared, step, decided }: Judged,
  purpose: 'compare' | 'run',
  use: (ready: Ready, turn: Turn) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  const call = callOptions(asking, prepared, decided.request.requestId);
  return withSession(engine, prepared.target, prepared.operation.via, call, prepared.about, (reached) => {
    const same = async (turn: Turn): Promise<Result<T, Refusal>> => {
      const ready = await makeReady(asking, prepared, reached, performRead(engine));
      if (ready.isErr()) return err(ready.error);
      const difference = firstDifference(step, stepBody(ready.value, step.why));
      if (difference) return err(staleState(prepared.about, difference.expected, difference.found));
      return use(ready.value, turn);
    };
    return purpose === 'run' ? withTurn(engine, asking, prepared, reached, call, same) : same(NO_TURN);
  });
}

function firstDifference(stored: PlanStepBody, rebuilt: PlanStepBody) {
  const parts = Object.keys({ ...stored, ...rebuilt }) as (keyof PlanStepBody)[];
  const part = parts.find((name) => text(stored[name]) !== text(rebuilt[name]));
  return part && { expected: { [part]: json(stored[part]) }, found: { [part]: json(rebuilt[part]) } };
}

const json = (value: unknown): JsonValue => (value ?? null) as JsonValue;
const text = (value: unknown): string => canonicalJson(json(value));

/** A yes for every step that needs one, or one question for the whole plan. */
async function approveSteps(
  engine: Engine,
  asking: Asking,
  plan: Plan,
  steps: readonly Judged[],
): Promise<Result<void, Refusal>> {
  const waiting: Judged[] = [];
  for (const one of steps.filter(({ decided }) => !decided.decision.allowed)) {
    const grant = await findGrant(engine, asking, one.prepared.about, plan, one.slot, one.demands);
    if (grant.isErr()) return keep(engine, asking, plan, one, grant.error);
    if (!grant.value) waiting.push(one);
  }
  const [first] = waiting;
  if (!first) return ok(undefined);
  const demands = {
    minimum: waiting.some((one) => one.demands.minimum === 'presence') ? ('presence' as const) : ('signature' as const),
    signers: waiting.some((one) => one.demands.signers === 2) ? (2 as const) : (1 as const),
  };
  const decisions = (id: string) =>
    waiting.map(({ decided, prepared }) =>
      decisionMade(engine, { asking, ...prepared.about, plan: id, digest: plan.digest }, decided),
    );
  return ask(engine, asking, first.prepared.about, plan, first.decided.decision, demands, decisions);
}

async function runSteps(
  engine: Engine,
  asking: Asking,
  plan: Plan,
  stopAfterFailures: number,
): Promise<readonly StepReport[]> {
  const reports: StepReport[] = [];
  let failures = 0;
  for (const [slot, step] of plan.body.steps.entries()) {
    if (failures >= stopAfterFailures) {
      reports.push({ step: slot, state: 'not_run' });
      continue;
    }
    const ran = await runStep(engine, asking, plan, step, slot);
    if (ran.isErr()) failures += 1;
    reports.push(
      ran.isOk()
        ? { step: slot, state: 'done', output: ran.value.output, evidence: ran.value.evidence }
        : reportOf(slot, ran.error),
    );
  }
  return reports;
}

/** Decided and compared once more, because earlier steps move state; then run under the plan's once key. */
async function runStep(
  engine: Engine,
  asking: Asking,
  plan: Plan,
  step: PlanStepBody,
  slot: number,
): Promise<Result<Performed<unknown>, Refusal>> {
  try {
    const judged = await judgeStep(engine, asking, step, slot);
    if (judged.isErr()) return err(judged.error);
    const { decided, demands, prepared } = judged.value;
    let permit: Omit<Permit, 'turn'> = { decided, slot, plan };
    if (!decided.decision.allowed) {
      const grant = await findGrant(engine, asking, prepared.about, plan, slot, demands);
      const missing = grant.isErr() ? grant.error : staleState(prepared.about, 'an approval', null);
      if (grant.isErr() || !grant.value) return keep(engine, asking, plan, judged.value, missing);
      permit = { ...permit, usable: grant.value };
    }
    const done = await withReady(engine, asking, judged.value, 'run', async (ready, turn) =>
      asking.signal?.aborted
        ? err(refused(prepared.about, 'cancelled'))
        : ok(await execute(engine, asking, ready, { ...permit, turn }, performRead(engine))),
    );
    return done.isOk() ? done.value : keep(engine, asking, plan, judged.value, done.error);
  } catch (cause) {
    return err(refused({ operation: step.operation, target: step.target.id }, 'defect', cause));
  }
}

function reportOf(step: number, refusal: Refusal): StepReport {
  const isOpen = refusal.kind === 'outcome_unknown' || refusal.kind === 'unrecorded' || refusal.kind === 'running';
  if (isOpen) return { step, state: 'unknown', refusal };
  const sent = refusal.kind === 'failed' || refusal.kind === 'unverified' || refusal.kind === 'unparseable_output';
  return { step, state: sent ? 'failed' : 'refused', refusal };
}
