/** The port to the inventory: asking it may take time and may fail. */

import type { ResultAsync } from 'neverthrow';
import type { Target } from './target.js';

export interface InventoryError {
  readonly kind: 'unavailable';
  readonly message: string;
  readonly cause?: unknown;
}
export interface Inventory {
  /** The target of that id; `undefined` is "no such target", never "could not look". Err kinds: `unavailable`. */
  target(id: string): ResultAsync<Target | undefined, InventoryError>;
  /** Every target, in the inventory's order. Err kinds: `unavailable`. */
  targets(): ResultAsync<readonly Target[], InventoryError>;
}
