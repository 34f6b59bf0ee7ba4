/** The door: one operation on one target, from the caller's words to evidence. */

import { err, ok, type Result } from 'neverthrow';
import { MOST_BOUNDED_USES } from '../approvals/bounds.js';
import type { JsonValue } from '../json.js';
import type { Operation } from '../operation.js';
import { planBytes, planDigest } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { Performed } from '../workflow.js';
import { ask, findGrant, newEnvelope } from './approve.js';
import { execute, makeReady, type Ready, stepBody } from './change.js';
import { type Decided, type Demands, decide, demandsOf } from './decide.js';
import type { Asking, Engine } from './engine.js';
import { actionOf, type PerformRead, type Prepared, prepare } from './prepare.js';
import { withSession } from './reach.js';
import { callOptions, read } from './read.js';
import { decisionMade } from './records.js';
import { deniedBy, refused } from './refuse.js';
import { type Turn, withTurn } from './turn.js';
import { keepUndone } from './undone.js';

/** Performs an operation. Err kinds: every `Refusal`. Whatever throws inside before anything was sent is `refused` (`defect`). */
export async function perform(
  engine: Engine,
  asking: Asking,
  operation: Operation,
  target: string,
  input: unknown,
): Promise<Result<Performed<unknown>, Refusal>> {
  try {
    const prepared = await prepare(engine, asking, operation, target, input, performRead(engine));
    if (prepared.isErr()) return err(prepared.error);
    const judged = await judge(engine, asking, prepared.value);
    if (judged.isErr()) return err(judged.error);
    const { decided, demands } = judged.value;
    return isAllowedRead(operation, decided)
      ? await performAllowedRead(engine, asking, prepared.value, decided)
      : await performChange(engine, asking, prepared.value, decided, demands);
  } catch (cause) {
    return err(refused({ operation: operation.name, target }, 'defect', cause));
  }
}

/** Whether it may be read at once, with its record after it: a read, or what policy judged to be one. */
export const isAllowedRead = (operation: Operation, { decision }: Decided): boolean =>
  decision.allowed && (operation.class === 'read' || (operation.class === 'judged' && decision.class === 'read'));

/** How the engine reads for its own needs: the same door, the same evidence. */
export const performRead =
  (engine: Engine): PerformRead =>
  (asking, operation, target, input) =>
    perform(engine, asking, operation, target, input);

/** Asks policy; a no is recorded and ends it. Err kinds: `denied`, `refused`, `evidence_unavailable`, `unsupported`. */
export async function judge(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
): Promise<Result<{ readonly decided: Decided; readonly demands: Demands }, Refusal>> {
  const { operation, target, input, about } = prepared;
  const action = operation.class === 'judged' ? actionOf(prepared) : undefined;
  if (action?.isErr()) return err(action.error);
  const question = { name: operation.name, class: operation.class, input: input as JsonValue };
  const words = action?.isOk() ? { action: action.value } : {};
  const asked = await decide(engine, asking, target, { ...question, ...words }, 'execute');
  if (asked.isErr()) return err(asked.error);
  const { decision, state } = asked.value;
  const demands = demandsOf(decision, about, operation);
  if (decision.effect !== 'deny' && demands.isOk()) {
    // The freeze is the engine's own too: no policy can forget it.
    if (!state.freeze || decision.class === 'read') return ok({ decided: asked.value, demands: demands.value });
  }
  const why =
    decision.effect === 'deny' ? deniedBy(about, decision) : demands.isErr() ? demands.error : refused(about, 'frozen');
  return keepUndone(engine, { asking, ...about }, asked.value, why);
}

async function performAllowedRead(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
  decided: Decided,
): Promise<Result<Performed<unknown>, Refusal>> {
  const action = actionOf(prepared);
  return action.isErr() ? err(action.error) : read(engine, asking, prepared, action.value, decided);
}

async function performChange(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
  decided: Decided,
  demands: Demands,
): Promise<Result<Performed<unknown>, Refusal>> {
  const { about, operation, target } = prepared;
  const call = callOptions(asking, prepared, decided.request.requestId);
  // The outer Result is about getting ready (the decision is not on record yet), the inner one about what followed.
  const done = await withSession(engine, target, operation.via, call, about, (reached) =>
    withTurn(engine, asking, prepared, reached, call, async (turn) => {
      const ready = await makeReady(asking, prepared, reached, performRead(engine));
      if (ready.isErr()) return err(ready.error);
      if (!decided.decision.allowed) return performApproved(engine, asking, ready.value, decided, demands, turn);
      if (asking.signal?.aborted) return err(refused(about, 'cancelled'));
      return ok(await execute(engine, asking, ready.value, { decided, slot: 0, turn }, performRead(engine)));
    }),
  );
  return done.isOk() ? done.value : keepUndone(engine, { asking, ...about }, decided, done.error);
}

/** Uses a yes to exactly this plan of one step, or asks for one. */
async function performApproved(
  engine: Engine,
  asking: Asking,
  ready: Ready,
  decided: Decided,
  demands: Demands,
  turn: Turn,
): Promise<Result<Result<Performed<unknown>, Refusal>, Refusal>> {
  const { about, operation } = ready.prepared;
  const body = {
    v: 1 as const,
    subject: { type: asking.subject.type, id: asking.subject.id },
    workflow: asking.workflow ?? null,
    steps: [stepBody(ready, operation.title)],
  };
  const digest = planDigest(planBytes(body));
  for (let tries = 0; tries <= MOST_BOUNDED_USES; tries += 1) {
    const grant = await findGrant(engine, asking, about, { digest }, 0, demands);
    if (grant.isErr()) return err(grant.error);
    if (asking.signal?.aborted) return err(refused(about, 'cancelled'));
    if (!grant.value) break;
    const { plan, bounds } = grant.value.approval;
    const permit = {
      decided,
      usable: grant.value,
      slot: 0,
      turn,
      ...(plan === undefined ? {} : { plan: { id: plan, digest } }),
    };
    const done = await execute(engine, asking, ready, permit, performRead(engine));
    // Of several uses at once one gets the slot; the next one is for the others.
    const lostSlot = bounds && done.isErr() && done.error.kind === 'refused' && done.error.why === 'already_used';
    if (!lostSlot) return ok(done);
  }
  const plan = { ...newEnvelope(engine, asking, `${operation.title} on ${about.target}`), digest, body };
  const decisions = (id: string) => [decisionMade(engine, { asking, ...about, plan: id, digest }, decided)];
  return ok(await ask(engine, asking, about, plan, decided.decision, demands, decisions));
}
