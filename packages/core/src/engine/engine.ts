/** What every part of the engine works with. Made once by `createMeshClaw`. */

import type { ApproverRegistry } from '../approvals/approver.js';
import type { Clock } from '../clock.js';
import type { PolicyDecisionPoint, Subject, Surface } from '../decision.js';
import type { Executor } from '../executor.js';
import type { Inventory } from '../inventory.js';
import type { Ledger } from '../ledger.js';
import type { OperationCatalogue } from '../meshclaw.js';
import type { PerformOptions } from '../workflow.js';

/** Who waits in this process for a change to end, by the target's id; a target that is there has a change of its own running. */
export type Turns = Map<string, (() => void)[]>;

export interface Engine {
  readonly policy: PolicyDecisionPoint;
  readonly ledger: Ledger;
  readonly inventory: Inventory;
  readonly executors: ReadonlyMap<string, Executor>;
  readonly operations: OperationCatalogue;
  readonly approvers: ApproverRegistry;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly platformFrom: string | undefined;
  readonly turns: Turns;
}

/** One ask: who, through what, in which run. */
export interface Asking {
  readonly subject: Subject;
  readonly surface: Surface;
  readonly exposed: boolean;
  readonly run?: string;
  readonly workflow?: string;
  readonly because?: string;
  readonly signal?: AbortSignal;
  /** May only shorten the operation's own limit. */
  readonly timeoutMs?: number;
  /** What can go on by itself is waited for no longer than this. */
  readonly waitMs?: number;
}

export { newId } from '../id.js';

/** The same ask with what one call adds to it. */
export const withOptions = (asking: Asking, { timeoutMs, because, signal, waitMs }: PerformOptions = {}): Asking => ({
  ...asking,
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
  ...(because === undefined ? {} : { because }),
  ...(signal === undefined ? {} : { signal }),
  ...(waitMs === undefined ? {} : { waitMs }),
});
