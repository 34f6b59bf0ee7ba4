/** What the thread of a policy is told, and what it tells. */

import type { JsonObject } from '@meshclaw/core';
import type { CompiledModule } from './evaluator.js';

export interface WorkerStart {
  readonly module: CompiledModule;
  readonly data: JsonObject;
  readonly entrypoint: string;
}
export type ToWorker =
  | { readonly kind: 'evaluate'; readonly id: number; readonly text: string }
  | { readonly kind: 'discard' };
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly detail: string }
  /** The result set as JSON text. */
  | { readonly kind: 'answered'; readonly id: number; readonly text: string }
  | { readonly kind: 'threw'; readonly id: number; readonly detail: string };
