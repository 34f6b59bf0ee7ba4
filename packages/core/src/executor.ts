/** One way to reach something. An Err means that certainly nothing was done; "maybe done" is an Outcome of kind 'unknown'. */

import type { ResultAsync } from 'neverthrow';
import type { z } from 'zod';
import type { Action, ActionKind, CommandAction } from './action.js';
import type { Outcome } from './outcome.js';

/** Only `unreachable` and `unsupported` let the engine try the next way to reach the target. */
export interface ExecutorError {
  readonly kind:
    | 'unreachable'
    | 'unsupported'
    | 'authentication_failed'
    | 'identity_mismatch'
    | 'cancelled'
    | 'timed_out'
    | 'invalid_settings'
    | 'not_started';
  readonly message: string;
  readonly cause?: unknown;
}
/** The bounds of one call. All but `signal` are required: there is no hidden default. */
export interface CallOptions {
  /** Names this execution in the ledger; a provider uses it as idempotency key or label so that an unknown outcome can be found again. */
  readonly executionId: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
}
export interface Executor<S extends z.ZodType = z.ZodType> {
  readonly contract: 'executor/v1';
  /** The folder's name; in every record. */
  readonly id: string;
  readonly performs: ActionKind;
  /** What an inventory entry must say to be reached this way; also the source of the inventory's JSON Schema. */
  readonly settings: S;
  /** May hand out a pooled session. Err kinds: all of `ExecutorError`. */
  open(settings: z.output<S>, call: CallOptions): ResultAsync<ExecutorSession, ExecutorError>;
  /** Closes what is kept for later use. Whoever put the executor together calls it at the end; it may be left out and called twice. */
  close?(): Promise<void>;
}
/** Kept from every other controller until it is given back. */
export interface ExecutorLock {
  /** Gives it back, whatever became of it meanwhile; never rejects and may be called twice. */
  release(): Promise<void>;
}
/** Whoever knows this can ask what became of a command that was started detached, from any process. */
export interface DetachedRun {
  readonly executionId: string;
  readonly as: CommandAction['as'];
  /** Since before it was started; what tells "it never began" from "all traces of it are gone". */
  readonly startedMsAgo: number;
}
/** `running`: its end has not come yet. `absent`: it never began, and after this answer it never will. */
export type Followed = Outcome | { readonly kind: 'running' } | { readonly kind: 'absent' };
/** Commands that go on by themselves when the connection or this process ends, under their execution's id. The id is used once. */
export interface Detaching {
  /**
   * Starts it and waits `waitMs` for its end; its own deadline is the call's. `cut`: it may have been started, and `follow` tells.
   * Err kinds: all of `ExecutorError`; `unsupported` where the target cannot keep it.
   */
  start(
    action: Action,
    waitMs: number,
    call: CallOptions,
  ): ResultAsync<Followed | { readonly kind: 'cut' }, ExecutorError>;
  /** Waits `waitMs` for its end; `stop` ends it first. Changes nothing else. Err kinds: all of `ExecutorError`. */
  follow(
    run: DetachedRun,
    how: { readonly waitMs: number; readonly stop: boolean },
    call: CallOptions,
  ): ResultAsync<Followed, ExecutorError>;
  /** Removes what was kept of one that has ended. Err kinds: all of `ExecutorError`. */
  forget(run: DetachedRun, call: CallOptions): ResultAsync<void, ExecutorError>;
}
/** `perform` may be called while another runs (the executor queues); `close` gives it back and may be called twice. */
export interface ExecutorSession {
  /** Who really answered: host key, pin, machine id or account. In the plan; compared before anything is sent. */
  readonly identity: string;
  perform(action: Action, call: CallOptions): ResultAsync<Outcome, ExecutorError>;
  /** Several reads in one round trip, one outcome each, in order. Left out: the engine performs them one by one. */
  performAll?(actions: readonly Action[], call: CallOptions): ResultAsync<readonly Outcome[], ExecutorError>;
  /**
   * Waits within the bounds of the call until no other controller changes this target, and keeps it so until it is released,
   * this process ends or `holdMs` are over. `owner` is what others are told. Left out, or `unsupported`: the target has no such
   * thing. Err kinds: all of `ExecutorError`; `not_started` when somebody else had it until the end.
   */
  lock?(owner: string, holdMs: number, call: CallOptions): ResultAsync<ExecutorLock, ExecutorError>;
  /** Left out: what runs here ends, or is lost, with its call. */
  readonly detached?: Detaching;
  close(): Promise<void>;
}
