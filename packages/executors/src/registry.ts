/** What the generated registry holds: enough to list and check executors without loading one. */

import type { ActionKind, Executor, JsonObject } from '@meshclaw/core';

/** An executor by its metadata. `settings` is JSON Schema (draft 2020-12) of an inventory entry's settings. */
export interface ExecutorEntry {
  /** The folder's name. */
  readonly id: string;
  readonly performs: ActionKind;
  readonly settings: JsonObject;
  /** Loads the folder and answers what makes the executor. */
  readonly load: () => Promise<() => Executor>;
}
