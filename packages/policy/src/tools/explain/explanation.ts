/** What an explanation holds. Plain data: the same object is JSON on every face. */

import type { Decision, JsonValue } from '@meshclaw/core';
import type { Place } from '../place.js';
import type { Change } from './changes.js';

/** A condition with what it saw; paths without a value are in `missing`. */
export interface ExplainedCondition extends Place {
  readonly text: string;
  readonly saw: { readonly [path: string]: JsonValue };
  readonly missing: readonly string[];
  readonly parameters: readonly string[];
}
/** A clause of a rule that answered, with the conditions that held. */
export interface Answered extends Place {
  readonly rule: string;
  readonly kind: 'guard' | 'rule';
  readonly effect: string;
  readonly held: readonly ExplainedCondition[];
}
/** A clause that would have answered but for one condition. */
export interface NearMiss extends Place {
  readonly rule: string;
  readonly kind: 'guard' | 'rule';
  readonly effect: string;
  readonly failed: ExplainedCondition;
}
/** One step of the interpreter, indented by how deep it is. */
export interface TraceStep {
  readonly op: string;
  readonly depth: number;
  readonly place?: string;
  readonly text: string;
  readonly values?: { readonly [name: string]: JsonValue };
}
/** Why a request is answered as it is. */
export interface Explanation {
  readonly decision: Decision;
  /** What answered, strictest first. Only the strictest effect counts. */
  readonly answered: readonly Answered[];
  readonly nearMisses: readonly NearMiss[];
  /** Single values that would lead to another effect, each tried with the policy itself. */
  readonly changes: readonly Change[];
  readonly trace: readonly TraceStep[];
  /** Steps that were over the limit. */
  readonly traceDropped: number;
}
