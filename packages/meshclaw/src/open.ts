/** MeshClaw with everything wired: the home's configuration, policy, ledger, executors and operations. */

import type { ApprovalDesk, Inventory, Ledger, MeshClaw, OperationCatalogue } from '@meshclaw/core';
import type { OwnOperations, Policy } from '@meshclaw/policy';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type { OpenError } from './errors.js';
import { findHome, type Home } from './home/home.js';
import { wire } from './wire.js';

export interface OpenOptions {
  /** The home's folder. Left out: `MESHCLAW_HOME`, else `~/.meshclaw`. */
  readonly home?: string;
  /** Operations of the embedding program by name, each with its class: what `decide` of a session is asked about. */
  readonly operations?: OwnOperations;
}
/** An open MeshClaw. Close it, so that the ledger ends with a signed head. */
export interface MeshClawHandle extends MeshClaw {
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly inventory: Inventory;
  readonly operations: OperationCatalogue;
  /** Where people answer. Never hand it to what asks. */
  readonly approvals: ApprovalDesk;
  close(): Promise<void>;
}

/** Opens the home, making it when it is missing. Err kinds: every `OpenError`; whatever cannot be read or checked is one. */
export function openMeshClaw(options: OpenOptions = {}): ResultAsync<MeshClawHandle, OpenError> {
  return new ResultAsync(findHome(process.env, options.home)).andThen(
    (home) => new ResultAsync(openAt(home, options.operations)),
  );
}

/** The same, at a home that was located already. */
export async function openAt(home: Home, own?: OwnOperations): Promise<Result<MeshClawHandle, OpenError>> {
  const wired = await wire(home, { operations: own });
  if (wired.isErr()) return err(wired.error);
  const { mesh, evidence, policy, inventory, operations, close } = wired.value;
  return ok({
    as: mesh.as,
    ledger: evidence.ledger,
    policy,
    inventory,
    operations,
    approvals: evidence.approvals,
    close,
  });
}
