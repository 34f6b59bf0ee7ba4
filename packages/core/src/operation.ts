/** An operation: pure data and pure functions, so that it can be tested offline, digested and explained. */

import type { Result } from 'neverthrow';
import type { z } from 'zod';
import type { Action, ActionKind, ActionOf, Unsupported } from './action.js';
import type { FactValue } from './facts.js';
import type { JsonValue } from './json.js';
import type { Answered, Exited, OutcomeOf } from './outcome.js';
import type { Platform, PlatformFact, TargetKind } from './target.js';

export type OperationName = `${string}.${string}`;
/** `judged` belongs to command text alone: the PDP states its class from the bytes. */
export type ChangeClass = 'write' | 'destructive' | 'spend' | 'secret' | 'judged';
export type OperationClass = 'read' | ChangeClass;
export interface Limits {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}
export interface ParseError {
  readonly kind: 'unparseable_output';
  readonly message: string;
}
/** A part that a change lacks says why it lacks it; leaving it out does not compile. */
export interface Absent {
  readonly none: string;
}

/** A step somebody wants; made by `step`, so input always fits operation. */
export interface WantedStep {
  readonly operation: Operation;
  readonly input: unknown;
}
/** Pairs an operation with an input that fits it. */
export function step<O extends Operation>(operation: O, input: InputOf<O>): WantedStep {
  return { operation, input };
}

/** The face that callers, workflows and the engine see. N and C are literal types: they are what makes `uses` and `phase` hold. */
export interface Operation<
  N extends OperationName = OperationName,
  C extends OperationClass = OperationClass,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly name: N;
  readonly class: C;
  readonly input: I;
  readonly output: O;
  readonly title: string;
  readonly description: string;
  readonly on: TargetKind;
  readonly via: ActionKind;
  readonly needs: readonly PlatformFact[];
  readonly limits: Limits;
  readonly exits: readonly number[];
  readonly change?: ChangePart;
  // method syntax on purpose: parameters stay bivariant, so Operation<…precise…> is an Operation
  action(input: z.output<I>, platform: Platform, before?: JsonValue): Action | Unsupported;
  parse(outcome: Exited | Answered, input: z.output<I>, platform: Platform): Result<unknown, ParseError>;
  facts?(output: z.output<O>, input: z.output<I>): readonly FactValue[];
}
export type ReadOperation = Operation<OperationName, 'read'>;
export type InputOf<O extends Operation> = z.input<O['input']>;
export type OutputOf<O extends Operation> = z.output<O['output']>;

/** What only changes have, with the author's types erased. */
export interface ChangePart {
  readonly idempotent: boolean;
  readonly dryRun: 'exact' | 'estimated' | 'none';
  readonly observes:
    | { readonly operation: ReadOperation; input(input: unknown): unknown; pick(output: unknown): JsonValue }
    | Absent;
  readonly verify:
    | {
        readonly operation: ReadOperation;
        input(input: unknown): unknown;
        holds(after: unknown, then: { readonly input: unknown; readonly before: unknown }): boolean;
        readonly attempts: number;
        readonly everyMs: number;
      }
    | Absent;
  readonly undo: ((then: { readonly input: unknown; readonly before: unknown }) => WantedStep | undefined) | Absent;
}

interface Common<N, K extends ActionKind, I extends z.ZodType, O extends z.ZodType, P extends PlatformFact> {
  readonly name: N;
  readonly title: string;
  readonly description: string;
  readonly on: TargetKind;
  readonly via: K;
  /** Facts of the server that shape the bytes. Unknown fact: the engine reads it first; still unknown: `unsupported`. */
  readonly needs?: readonly P[];
  readonly limits?: Partial<Limits>;
  /** Exit codes that are answers; any other is `failed`. Default: 0 alone. */
  readonly exits?: readonly number[];
  readonly input: I;
  readonly output: O;
  parse(
    outcome: OutcomeOf<NoInfer<K>>,
    input: z.output<I>,
    platform: Pick<Platform, NoInfer<P>>,
  ): Result<z.input<O>, ParseError>;
}

interface Reading<K extends ActionKind, I extends z.ZodType, O extends z.ZodType, P extends PlatformFact> {
  /** The same input and platform give the same bytes. */
  action(input: z.output<I>, platform: Pick<Platform, NoInfer<P>>): ActionOf<NoInfer<K>> | Unsupported;
  /** Observed values worth keeping; the engine records them, nothing else writes facts. */
  facts?(output: z.output<O>, input: z.output<I>): readonly FactValue[];
}

interface Changing<
  C extends ChangeClass,
  K extends ActionKind,
  I extends z.ZodType,
  R extends ReadOperation,
  B extends JsonValue,
  V extends ReadOperation,
  P extends PlatformFact,
> {
  readonly class: C;
  /** The same input, platform and observed value give the same bytes. */
  action(input: z.output<I>, platform: Pick<Platform, NoInfer<P>>, before: B): ActionOf<NoInfer<K>> | Unsupported;
  /** Whether doing it twice leaves the same state as doing it once. */
  readonly idempotent: boolean;
  readonly dryRun: ChangePart['dryRun'];
  /** State that binds an approval. `pick` must be stable: no times, counters or durations. Where `input` has none for an input, there is nothing to look at. */
  readonly observes:
    | { readonly operation: R; input(input: z.output<I>): InputOf<R> | undefined; pick(output: OutputOf<R>): B }
    | Absent;
  readonly verify:
    | {
        readonly operation: V;
        input(input: z.output<I>): InputOf<V>;
        holds(after: OutputOf<V>, then: { readonly input: z.output<I>; readonly before: B }): boolean;
        readonly attempts: number;
        readonly everyMs: number;
      }
    | Absent;
  /** Annotate the return type (`: WantedStep | undefined`) where two operations undo each other, or TypeScript sees a circle. */
  readonly undo: ((then: { readonly input: z.output<I>; readonly before: B }) => WantedStep | undefined) | Absent;
}

// Two functions, not one with a union: as soon as `class` is a type parameter (which `phase` needs), TypeScript no
// longer types the lambdas of a union's members.

/** Defines an operation that only reads. */
export function defineRead<
  const N extends OperationName,
  K extends ActionKind,
  I extends z.ZodType,
  O extends z.ZodType,
  P extends PlatformFact = never,
>(spec: Common<N, K, I, O, P> & Reading<K, I, O, P>): Operation<N, 'read', I, O> {
  return complete({ ...spec, class: 'read' }) as unknown as Operation<N, 'read', I, O>;
}

/** Defines an operation that changes something; `observes`, `verify` and `undo` are given, or say why there is none. */
export function defineChange<
  const N extends OperationName,
  const C extends ChangeClass,
  K extends ActionKind,
  I extends z.ZodType,
  O extends z.ZodType,
  R extends ReadOperation,
  B extends JsonValue,
  V extends ReadOperation,
  P extends PlatformFact = never,
>(spec: Common<N, K, I, O, P> & Changing<C, K, I, R, B, V, P>): Operation<N, C, I, O> {
  const { idempotent, dryRun, observes, verify, undo, ...common } = spec;
  return complete({ ...common, change: { idempotent, dryRun, observes, verify, undo } }) as unknown as Operation<
    N,
    C,
    I,
    O
  >;
}

function complete<S extends { readonly limits?: Partial<Limits> }>(spec: S) {
  return { needs: [], exits: [0], ...spec, limits: { timeoutMs: 30_000, maxOutputBytes: 1_048_576, ...spec.limits } };
}
