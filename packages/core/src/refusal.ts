/** Why `perform` has no output. `denied` is policy's answer, `refused` the engine's, `failed` the target's. */

import type { Decision } from './decision.js';
import type { ExecutorError } from './executor.js';
import type { JsonValue } from './json.js';

/** What an asker is told instead of a yes: the id to wait for and how a person approves. Times are ISO 8601 UTC. */
export interface PendingApproval {
  readonly id: string;
  readonly plan: string;
  readonly digest: string;
  readonly expiresAt: string;
  readonly how: string;
}
/** Why the engine itself said no. */
export type RefusedWhy =
  | 'obligation'
  | 'already_used'
  | 'overtaken'
  | 'frozen'
  | 'inventory_unavailable'
  | 'unknown_plan'
  | 'unknown_execution'
  | 'expired'
  | 'not_the_asker'
  | 'cancelled'
  | 'approval_denied'
  | 'too_many_pending'
  | 'defect';

/** What every refusal says. */
export interface RefusalBase {
  readonly message: string;
  readonly operation: string;
  readonly target: string;
  /** Ids of ledger records about it. */
  readonly evidence: readonly string[];
}
/** Refusal kinds are the engine's public vocabulary and carry no package prefix. */
export type Refusal = RefusalBase &
  (
    | { readonly kind: 'invalid_input'; readonly issues: readonly string[] }
    | { readonly kind: 'unknown_target' }
    | { readonly kind: 'unsupported'; readonly reason: string }
    | { readonly kind: 'denied'; readonly decision: Decision }
    | { readonly kind: 'approval_required'; readonly decision: Decision; readonly approval: PendingApproval }
    | { readonly kind: 'stale'; readonly expected: JsonValue; readonly found: JsonValue }
    | { readonly kind: 'refused'; readonly why: RefusedWhy; readonly cause?: unknown }
    /** Before anything was sent. */
    | { readonly kind: 'evidence_unavailable'; readonly cause?: unknown }
    /** Certainly nothing was done. */
    | { readonly kind: 'not_sent'; readonly error: ExecutorError }
    | {
        readonly kind: 'failed';
        readonly exitCode?: number;
        readonly signal?: string;
        readonly status?: number;
        readonly stderr: string;
      }
    | { readonly kind: 'outcome_unknown'; readonly reason: string }
    /** It was begun and goes on by itself; its end can be asked for by this name. */
    | { readonly kind: 'running'; readonly execution: string }
    /** It ran; its outcome could not be kept. */
    | { readonly kind: 'unrecorded'; readonly cause?: unknown }
    | { readonly kind: 'unparseable_output'; readonly detail: string }
    | { readonly kind: 'unverified'; readonly undo?: { readonly operation: string; readonly input: JsonValue } }
  );
export type RefusalKind = Refusal['kind'];
/** One kind of refusal, narrowed. */
export type RefusalOf<K extends RefusalKind> = Extract<Refusal, { readonly kind: K }>;
