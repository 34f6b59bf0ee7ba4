/** A stored proposal. The body is what is digested; id, times and prose stay in the envelope, so that the same wish has the same digest. */

import { createHash } from 'node:crypto';
import type { Action } from './action.js';
import { canonicalJson } from './digest.js';
import type { JsonValue } from './json.js';
import type { Limits, OperationClass } from './operation.js';
import type { Refusal } from './refusal.js';
import type { Platform } from './target.js';

/** One step, complete: the bytes that would run, where, as whom, and the state they were proposed on. */
export interface PlanStepBody {
  readonly operation: string;
  readonly class: OperationClass;
  readonly target: { readonly id: string; readonly executor: string; readonly identity: string };
  readonly platform: Partial<Platform>;
  readonly input: JsonValue;
  readonly action: Action;
  readonly limits: Limits;
  readonly observed: { readonly operation: string; readonly value: JsonValue } | null;
  readonly why: string;
}
declare const proposed: unique symbol;
/** Only `context.propose` makes one. */
export type PlanStep = PlanStepBody & { readonly [proposed]: true };

export interface PlanBody {
  readonly v: 1;
  readonly subject: { readonly type: string; readonly id: string };
  readonly workflow: string | null;
  readonly steps: readonly PlanStepBody[];
}
/** Everything about a plan that is not what it does. Times are ISO 8601 UTC. */
export interface PlanEnvelope {
  readonly id: string;
  readonly title: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** The asker's own words, or null; always shown as a quotation. */
  readonly askedBecause: string | null;
}
export interface Plan extends PlanEnvelope {
  /** `planDigest(bytes)`, 64 hex digits. */
  readonly digest: string;
  readonly body: PlanBody;
}
/** How one step of an applied plan ended. */
export type StepReport =
  | { readonly step: number; readonly state: 'done'; readonly output: unknown; readonly evidence: readonly string[] }
  | { readonly step: number; readonly state: 'failed' | 'unknown' | 'refused'; readonly refusal: Refusal }
  | { readonly step: number; readonly state: 'not_run' };

/** The RFC 8785 text of a plan body: the bytes that are stored and digested. */
export const planBytes = (body: PlanBody): string => canonicalJson(body as unknown as JsonValue);

/** D = SHA-256("meshclaw-plan/1\0" ‖ body bytes), hex. */
export const planDigest = (bytes: string): string =>
  createHash('sha256').update('meshclaw-plan/1\0').update(bytes).digest('hex');
