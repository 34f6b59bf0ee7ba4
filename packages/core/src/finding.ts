/** Findings and next steps: what a workflow tells. */

import type { Effect } from './decision.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Severity } from './severity.js';

/** One observed problem. `id` is stable across runs (`disk.filling`); `evidence` are ids of ledger records. */
export interface Finding {
  readonly id: string;
  readonly target: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  readonly evidence: readonly string[];
  readonly facts?: JsonObject;
}
/** A next step to suggest, with the effect policy would give it now. */
export interface Next {
  readonly operation: string;
  readonly target: string;
  readonly input: JsonValue;
  readonly why: string;
  readonly effect: Effect;
}
