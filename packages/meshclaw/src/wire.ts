/** Puts the packages together: the ports of the engine and what fills them. */

import {
  createMeshClaw,
  type DecisionRequest,
  type Executor,
  type Inventory,
  keepBrokenOff,
  type MeshClaw,
  type OperationCatalogue,
  type PolicyDecisionPoint,
  systemClock,
} from '@meshclaw/core';
import type { OwnOperations, Policy } from '@meshclaw/policy';
import { err, type Result } from 'neverthrow';
import type { OpenError } from './errors.js';
import { approverRegistry } from './home/approvers.js';
import type { Home } from './home/home.js';
import { type ExecutorLoaders, inventoryOf, loadTargets } from './home/inventory.js';
import { ownRedactor } from './own-redactor.js';
import { type Evidence, openHome, openLedgerOf } from './wire-evidence.js';
import { keepCurrent, ledgerUnavailable, openPolicyOf } from './wire-policy.js';

/** Everything the engine was made of. */
export interface Wired {
  readonly mesh: MeshClaw;
  readonly evidence: Evidence;
  readonly policy: Policy;
  readonly inventory: Inventory;
  readonly operations: OperationCatalogue;
  /** Ends what executors keep open, then the ledger, with a signed head. */
  close(): Promise<void>;
}
export interface WireOptions {
  /** Stands before the inventory file: `policy-check` answers for servers that are in none. */
  readonly around?: (own: Inventory) => Inventory;
  /** Sees every request that policy is asked. */
  readonly watch?: (request: DecisionRequest) => void;
  /** Operations that the embedding program names itself and carries out itself. */
  readonly operations?: OwnOperations | undefined;
}

/** The operation whose facts tell what a server is. */
const PLATFORM_FROM = 'host.facts';

/** Opens home, policy and ledger and makes the engine of them. Err kinds: every `OpenError`. */
export async function wire(
  home: Home,
  { around = (own) => own, watch, operations: own }: WireOptions = {},
): Promise<Result<Wired, OpenError>> {
  const settings = await openHome(home);
  if (settings.isErr()) return err(settings.error);
  const loaders = await executorLoaders();
  const targets = await loadTargets(home, loaders);
  if (targets.isErr()) return err(targets.error);
  const opened = await openPolicyOf(home, settings.value, own);
  if (opened.isErr()) return err(opened.error);
  const evidence = await openLedgerOf(home, settings.value);
  if (evidence.isErr()) return err(evidence.error);
  const policy = await keepCurrent(home, opened.value, evidence.value.ledger);
  if (policy.isErr()) {
    await evidence.value.close();
    return err(policy.error);
  }
  const used = new Set(targets.value.flatMap(({ reach }) => reach.map(({ executor }) => executor)));
  const executors = await Promise.all([...used].flatMap((id) => loaders[id]?.() ?? []));
  const wired = await assemble(home, policy.value, evidence.value, {
    inventory: around(inventoryOf(targets.value)),
    executors,
    watch,
  });
  if (wired.isErr()) await evidence.value.close();
  return wired;
}

/** The same policy, with somebody looking on. */
export const watched = (policy: PolicyDecisionPoint, watch: WireOptions['watch'] = () => {}): PolicyDecisionPoint => ({
  get digest() {
    return policy.digest;
  },
  decide: (request) => {
    watch(request);
    return policy.decide(request);
  },
  alarms: () => policy.alarms?.() ?? [],
});

interface Around {
  readonly inventory: Inventory;
  readonly executors: readonly Executor[];
  readonly watch: WireOptions['watch'];
}

async function assemble(
  home: Home,
  policy: Policy,
  evidence: Evidence,
  { inventory, executors, watch }: Around,
): Promise<Result<Wired, OpenError>> {
  const { ledger } = evidence;
  const broken = await keepBrokenOff(ledger, systemClock.now());
  if (broken.isErr()) return err(ledgerUnavailable(broken.error));
  const operations = await operationCatalogue();
  const mesh = createMeshClaw({
    policy: watched(policy, watch),
    ledger,
    inventory,
    executors,
    operations,
    approvers: approverRegistry(home),
    redact: ownRedactor(),
    platformFrom: PLATFORM_FROM,
  });
  return mesh
    .map((made) => ({
      mesh: made,
      evidence,
      policy,
      inventory,
      operations,
      close: closing(executors, policy, evidence),
    }))
    .mapErr(({ message, detail }) => ({ kind: 'meshclaw.engine_unavailable', message, detail }));
}

/** An executor that cannot end its connections keeps no head from being signed. */
const closing = (executors: readonly Executor[], policy: Policy, evidence: Evidence) => async () => {
  await Promise.allSettled([...executors.map((executor) => executor.close?.()), policy.close()]);
  await evidence.close();
};

/** Executors of this installation, each loaded when it is used. */
export async function executorLoaders(): Promise<ExecutorLoaders> {
  const { executors } = await import('@meshclaw/executors');
  return Object.fromEntries(
    Object.entries(executors).map(([id, entry]) => [id, async () => (await entry.load())()] as const),
  );
}

/** Operations of this installation by name. */
export async function operationCatalogue(): Promise<OperationCatalogue> {
  const { operations } = await import('@meshclaw/workflows/operations');
  return operations;
}
