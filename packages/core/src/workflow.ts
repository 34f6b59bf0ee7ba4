/** A repeatable procedure over operations. `uses` and `phase` bind what its context can do: the rest does not compile. */

import type { Result, ResultAsync } from 'neverthrow';
import type { z } from 'zod';
import type { UnsettledExecution } from './executions.js';
import type { Fact } from './facts.js';
import type { Finding, Next } from './finding.js';
import type { Head } from './ledger.js';
import type { InputOf, Operation, OutputOf } from './operation.js';
import type { Plan, PlanStep, StepReport } from './plan.js';
import type { Refusal, RefusalKind } from './refusal.js';
import type { Target } from './target.js';

/** An answer and where it can be proved. `observedAt` is ISO 8601 UTC; `evidence` are ids of ledger records. */
export interface Performed<O> {
  readonly output: O;
  readonly target: string;
  readonly observedAt: string;
  readonly evidence: readonly string[];
}
export interface PerformOptions {
  /** May only shorten the operation's own limit. */
  readonly timeoutMs?: number;
  /** Kinds that are an answer here rather than a problem of the report. */
  readonly expects?: readonly RefusalKind[];
  /** Why it is asked, in the asker's words; quoted to the approver. */
  readonly because?: string;
  readonly signal?: AbortSignal;
  /**
   * A change that may take longer than this is begun so that it goes on by itself, where the target has such a thing; when it has
   * not ended by then the answer is `running`. The signal then ends the waiting and not the change.
   */
  readonly waitMs?: number;
}
export type ReadsOf<U extends Operation> = Extract<U, { readonly class: 'read' }>;
type Perform<U extends Operation> = <O extends U>(
  operation: O,
  target: string,
  input: InputOf<O>,
  options?: PerformOptions,
) => ResultAsync<Performed<OutputOf<O>>, Refusal>;

interface EveryContext<U extends Operation> {
  /** ISO 8601 UTC. */
  readonly now: () => string;
  readonly signal: AbortSignal;
  /** One line of progress for people; never data. */
  readonly note: (text: string) => void;
  /** Inventory as it is configured; reaching a server is what `perform` is for. Err: the refusal `inventory_unavailable`. */
  readonly inventory: () => ResultAsync<readonly Target[], Refusal>;
  /** Latest recorded facts of a target, by name, whatever their age. */
  readonly facts: (target: string) => ResultAsync<Readonly<Record<string, Fact>>, Refusal>;
  /** Changes of which it is not known whether they were done, oldest first. */
  readonly unsettled: () => ResultAsync<readonly UnsettledExecution[], Refusal>;
  /** Several reads of one target, each decided and recorded on its own. */
  readonly performAll: <
    T extends Record<string, readonly [operation: ReadsOf<U>, input: unknown, options?: PerformOptions]>,
  >(
    target: string,
    calls: T & { readonly [K in keyof T]: readonly [T[K][0], InputOf<T[K][0]>, PerformOptions?] },
  ) => Promise<{ readonly [K in keyof T]: Result<Performed<OutputOf<T[K][0]>>, Refusal> }>;
  /** Bounded fan-out: answers in input order; one failure stops nobody else. */
  readonly each: <T, R>(
    items: readonly T[],
    run: (item: T) => PromiseLike<R>,
    options?: { readonly concurrency?: number },
  ) => Promise<readonly R[]>;
  /** A next step to suggest; the engine adds the effect policy predicts. */
  readonly suggest: <O extends Operation>(
    operation: O,
    target: string,
    input: InputOf<O>,
    why: string,
  ) => Promise<Next>;
}
export interface ObserveContext<U extends Operation> extends EveryContext<U> {
  readonly perform: Perform<ReadsOf<U>>;
}
export interface PlanContext<U extends Operation> extends ObserveContext<U> {
  /** Bytes, observed state and identity of one step; nothing runs but the reads it observes. A step that observes what an earlier step changes is stale by construction: order or split. */
  readonly propose: <O extends U>(
    operation: O,
    target: string,
    input: InputOf<O>,
    why: string,
  ) => ResultAsync<PlanStep, Refusal>;
}
export interface ApplyContext<U extends Operation> extends EveryContext<U> {
  readonly perform: Perform<U>;
  readonly apply: (
    plan: string,
    options?: { readonly stopAfterFailures?: number },
  ) => ResultAsync<readonly StepReport[], Refusal>;
}
export type Phase = 'observe' | 'plan' | 'apply';
export interface Contexts<U extends Operation> {
  observe: ObserveContext<U>;
  plan: PlanContext<U>;
  apply: ApplyContext<U>;
}
interface BaseAnswer<D> {
  readonly data: D;
  readonly findings?: readonly Finding[];
  readonly next?: readonly Next[];
}
export interface Answers<D> {
  observe: BaseAnswer<D>;
  plan: BaseAnswer<D> & { readonly steps: readonly PlanStep[] };
  apply: BaseAnswer<D>;
}

/** `U` is gone from the result: declaration files stay small and any workflow is a Workflow. */
export interface Workflow<
  Id extends string = string,
  I extends z.ZodType = z.ZodType,
  D extends z.ZodType = z.ZodType,
> {
  readonly id: Id;
  readonly title: string;
  readonly description: string;
  readonly phase: Phase;
  readonly uses: readonly Operation[];
  /** Inputs that may be given by place on a command line, in order. */
  readonly positionals: readonly string[];
  /** One command line that works, without the program's name. */
  readonly example: string;
  readonly input: I;
  readonly data: D;
  run(input: z.output<I>, context: unknown): Promise<BaseAnswer<z.input<D>> & { readonly steps?: readonly PlanStep[] }>;
}
/** Defines a workflow: one folder, one command, one MCP tool. */
export function defineWorkflow<
  const Id extends string,
  P extends Phase,
  const U extends readonly Operation[],
  I extends z.ZodType,
  D extends z.ZodType,
>(spec: {
  readonly id: Id;
  readonly title: string;
  readonly description: string;
  readonly phase: P;
  readonly uses: U;
  readonly positionals?: readonly (keyof z.input<I> & string)[];
  readonly example: string;
  readonly input: I;
  readonly data: D;
  run(input: z.output<I>, context: Contexts<U[number]>[P]): Promise<Answers<z.input<D>>[P]>;
}): Workflow<Id, I, D> {
  return { positionals: [], ...spec } as unknown as Workflow<Id, I, D>;
}

interface BaseReport {
  readonly workflow: string;
  readonly run: string;
  readonly targets: readonly string[];
  readonly findings: readonly Finding[];
  /** Every refusal of the run that the workflow did not expect. */
  readonly problems: readonly Refusal[];
  readonly next: readonly Next[];
  readonly evidence: readonly string[];
  readonly plan?: Pick<Plan, 'id' | 'digest'>;
  /** The ledger's head after the run; absent when it could not be read (then a problem says so). */
  readonly head?: Head;
}
/** `status` is the engine's: a workflow cannot call itself fine after a read that failed. */
export type Report<D> = BaseReport &
  ({ readonly status: 'ok' | 'findings' | 'partial'; readonly data: D } | { readonly status: 'failed' });
