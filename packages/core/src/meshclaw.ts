/** What a caller holds. */

import type { Result, ResultAsync } from 'neverthrow';
import type { z } from 'zod';
import type { ApproverRegistry } from './approvals/approver.js';
import type { Clock } from './clock.js';
import type { AskedAction, Decision, PolicyDecisionPoint, Subject, Surface } from './decision.js';
import type { CollectedExecution } from './executions.js';
import type { Executor } from './executor.js';
import type { Inventory } from './inventory.js';
import type { Ledger } from './ledger.js';
import type { InputOf, Operation, OutputOf } from './operation.js';
import type { StepReport } from './plan.js';
import type { Refusal } from './refusal.js';
import type { Performed, PerformOptions, Report, Workflow } from './workflow.js';

/** Operations by name, loaded when needed: a stored plan names its operations. */
export type OperationCatalogue = Readonly<Record<string, () => Promise<Operation>>>;

export interface MeshClawOptions {
  readonly policy: PolicyDecisionPoint;
  readonly ledger: Ledger;
  readonly inventory: Inventory;
  readonly executors: readonly Executor[];
  readonly operations: OperationCatalogue;
  /** Who may approve. Left out: nobody, so whatever needs approval waits for ever. */
  readonly approvers?: ApproverRegistry;
  readonly clock?: Clock;
  /** Masks secrets in everything that leaves the engine; known values and patterns. Left out: patterns alone. */
  readonly redact?: (text: string) => string;
  /** The read whose facts `platform.os`, `platform.init`, `platform.packages` and `platform.userland` tell what a target is. */
  readonly platformFrom?: string;
}
/** Who asks, and through which face. */
export interface Caller {
  readonly subject: Subject;
  readonly surface: Surface;
  /** True once this session has read text that a server wrote. */
  readonly exposed?: boolean;
  /** How long this face can wait for one change; as `waitMs` of each call. */
  readonly waitMs?: number;
}
export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly because?: string;
  readonly note?: (text: string) => void;
}
export interface CollectOptions {
  /** How long its end is waited for. */
  readonly waitMs?: number;
  readonly stop?: boolean;
  readonly signal?: AbortSignal;
}
/** One caller's hands. Nothing here can approve. */
export interface Session {
  /** Does one operation on one target through the one door. Err kinds: every `Refusal`. */
  perform<O extends Operation>(
    operation: O,
    target: string,
    input: InputOf<O>,
    options?: PerformOptions,
  ): ResultAsync<Performed<OutputOf<O>>, Refusal>;
  /** Runs a workflow; whatever happens ends as a report. */
  run<I extends z.ZodType, D extends z.ZodType>(
    workflow: Workflow<string, I, D>,
    input: z.input<I>,
    options?: RunOptions,
  ): Promise<Report<z.output<D>>>;
  /** Asks what policy would say and does nothing; the question is recorded. Err kinds: `invalid_input`, `unknown_target`, `evidence_unavailable`, `refused`. */
  check(operation: string, target: string, input?: unknown): ResultAsync<Decision, Refusal>;
  /** Asks for leave to do something that the caller does itself: no executor carries it out, nothing can be approved for it. The decision is stored before it is told. Err kinds: `evidence_unavailable`, `refused`. */
  decide(action: AskedAction): ResultAsync<Decision, Refusal>;
  /** Runs a stored plan, step by step, through the same door. Err kinds: every `Refusal`. */
  apply(
    plan: string,
    options?: { readonly stopAfterFailures?: number; readonly signal?: AbortSignal },
  ): ResultAsync<readonly StepReport[], Refusal>;
  /** What became of a change, read back from the target where it is not on record yet; `stop` ends it first, for who asked for it or a person. Err kinds: `running`, `outcome_unknown`, `not_sent`, `refused`, `unknown_target`, `unsupported`, `evidence_unavailable`, `unrecorded`. */
  collect(execution: string, options?: CollectOptions): ResultAsync<CollectedExecution, Refusal>;
}
/** A caller is bound once, by the face that authenticated it; it cannot be forgotten or passed as input. */
export interface MeshClaw {
  as(caller: Caller): Session;
}
export interface MeshClawError {
  readonly kind: 'core.duplicate_executor' | 'core.invalid_configuration';
  readonly message: string;
  readonly detail: string;
}
export type CreateMeshClaw = (options: MeshClawOptions) => Result<MeshClaw, MeshClawError>;
