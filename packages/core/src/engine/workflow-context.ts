/** The hands a workflow gets: its own operations, its own phase, and nothing else. */

import { err, type Result, ResultAsync } from 'neverthrow';
import { unsettledExecutions } from '../executions.js';
import type { Next } from '../finding.js';
import type { JsonValue } from '../json.js';
import type { RunOptions } from '../meshclaw.js';
import type { Operation } from '../operation.js';
import type { PlanStep } from '../plan.js';
import type { Refusal } from '../refusal.js';
import type { Performed, PerformOptions, Workflow } from '../workflow.js';
import { apply } from './apply.js';
import { performReads } from './batch.js';
import { decide } from './decide.js';
import { type Asking, type Engine, withOptions } from './engine.js';
import { fanOut } from './fan-out.js';
import { perform } from './perform.js';
import { findTarget } from './prepare.js';
import { propose } from './propose.js';
import { evidenceUnavailable, refused } from './refuse.js';
import type { RunLog } from './run-log.js';
import { readFacts } from './state.js';

type Answer = ResultAsync<Performed<unknown>, Refusal>;
type Answered = Result<Performed<unknown>, Refusal>;

/** Builds the context of one run. `proposed` collects the steps that this run made, so that no other can be returned. */
export function createContext(
  engine: Engine,
  asking: Asking,
  workflow: Workflow,
  log: RunLog,
  proposed: WeakSet<PlanStep>,
  note: NonNullable<RunOptions['note']>,
) {
  const own = (operation: Operation) => workflow.uses.includes(operation);
  const mayPerform = (operation: Operation) =>
    own(operation) && (workflow.phase === 'apply' || operation.class === 'read');
  const kept = (refusal: Refusal): Refusal => {
    log.refused(refusal);
    return refusal;
  };
  const logged = <T>(result: Result<T, Refusal>, options?: PerformOptions) => {
    if (result.isErr()) log.refused(result.error, options);
    return result;
  };
  const performOne = async (operation: Operation, target: string, input: unknown, options?: PerformOptions) => {
    if (!mayPerform(operation)) return logged(err(refused({ operation: operation.name, target }, 'defect')));
    return answered(await perform(engine, withOptions(asking, options), operation, target, input), options);
  };
  const answered = (performed: Answered, options?: PerformOptions) => {
    if (performed.isOk()) log.answered(performed.value);
    return logged(performed, options);
  };

  return {
    now: () => engine.clock.now(),
    signal: asking.signal ?? new AbortController().signal,
    note,
    inventory: () =>
      engine.inventory
        .targets()
        .mapErr((cause) => kept(refused({ operation: workflow.id, target: '*' }, 'inventory_unavailable', cause))),
    facts: (target: string) =>
      readFacts(engine.ledger, target).mapErr((cause) =>
        kept(evidenceUnavailable({ operation: workflow.id, target }, cause)),
      ),
    unsettled: () =>
      unsettledExecutions(engine.ledger, engine.clock.now()).mapErr((cause) =>
        kept(evidenceUnavailable({ operation: workflow.id, target: '*' }, cause)),
      ),
    perform: (operation: Operation, target: string, input: unknown, options?: PerformOptions): Answer =>
      new ResultAsync(performOne(operation, target, input, options)),
    performAll: async (target: string, calls: Record<string, readonly [Operation, unknown, PerformOptions?]>) => {
      const named = Object.entries(calls);
      const foreign = named.some(([, [operation]]) => !own(operation) || operation.class !== 'read');
      if (foreign) {
        const about = { operation: workflow.id, target };
        return Object.fromEntries(named.map(([name]) => [name, logged(err(refused(about, 'defect')))]));
      }
      const wanted = named.map(([, [operation, input, options]]) => ({
        operation,
        input,
        ...(options === undefined ? {} : { options }),
      }));
      const answers = await performReads(engine, asking, target, wanted);
      return Object.fromEntries(
        named.map(([name, [, , options]], place) => [name, answered(answers[place] as Answered, options)]),
      );
    },
    each: <T, R>(items: readonly T[], run: (item: T) => PromiseLike<R>, options?: { readonly concurrency?: number }) =>
      fanOut(items, run, options?.concurrency),
    suggest: (operation: Operation, target: string, input: unknown, why: string) =>
      suggest(engine, asking, operation, target, input, why),
    ...(workflow.phase === 'plan' ? { propose: proposing(engine, asking, own, logged, proposed) } : {}),
    ...(workflow.phase === 'apply' ? { apply: applying(engine, asking, logged, kept) } : {}),
  };
}

type Logged = <T>(result: Result<T, Refusal>) => Result<T, Refusal>;

const proposing =
  (
    engine: Engine,
    asking: Asking,
    own: (operation: Operation) => boolean,
    logged: Logged,
    proposed: WeakSet<PlanStep>,
  ) =>
  (operation: Operation, target: string, input: unknown, why: string) => {
    const about = { operation: operation.name, target };
    const made = own(operation)
      ? propose(engine, asking, operation, target, input, why)
      : Promise.resolve(err<PlanStep, Refusal>(refused(about, 'defect')));
    return new ResultAsync(made.then(logged)).map((step) => {
      proposed.add(step);
      return step;
    });
  };

const applying =
  (engine: Engine, asking: Asking, logged: Logged, kept: (refusal: Refusal) => Refusal) =>
  (plan: string, options?: { readonly stopAfterFailures?: number }) =>
    new ResultAsync(apply(engine, asking, plan, options?.stopAfterFailures ?? 1).then(logged)).map((steps) => {
      for (const step of steps) if ('refusal' in step) kept(step.refusal);
      return steps;
    });

/** Asks policy what it would say; a prediction is not a decision, so it is not recorded. Whatever cannot be predicted is shown as denied. */
async function suggest(
  engine: Engine,
  asking: Asking,
  operation: Operation,
  targetId: string,
  rawInput: unknown,
  why: string,
): Promise<Next> {
  const input = rawInput as JsonValue;
  const next = { operation: operation.name, target: targetId, input, why };
  const target = await findTarget(engine, next);
  if (target.isErr()) return { ...next, effect: 'deny' };
  const question = { name: operation.name, class: operation.class, input };
  const decided = await decide(engine, asking, target.value, question, 'plan');
  return { ...next, effect: decided.isOk() ? decided.value.decision.effect : 'deny' };
}
