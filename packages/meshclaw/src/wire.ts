/** Puts the packages together: the ports of the engine and what fills them. */

import {
  createMeshClaw,
  type DecisionRequest,
  type Executor,
  type Inventory,
  keepBrokenOff,
  type Ledger,
  type MeshClaw,
  type OperationCatalogue,
  type PolicyDecisionPoint,
  systemClock,
} from '@meshclaw/core';
import type { OwnOperations, Policy } from '@meshclaw/policy';
import { err, ok, type Result } from 'neverthrow';
import type { OpenError } from './errors.js';
import { approverRegistry } from './home/approvers.js';
import type { Home } from './home/home.js';
import { type ExecutorLoaders, inventoryOf, loadTargets } from './home/inventory.js';
import { ownRedactor } from './own-redactor.js';
import { type Evidence, openHome, openLedgerOf } from './wire-evidence.js';
import { loadPolicyOf } from './wire-policy.js';

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
  const policy = await loadPolicyOf(home, settings.value, own);
  if (policy.isErr()) return err(policy.error);
  const evidence = await openLedgerOf(home, settings.value);
  if (evidence.isErr()) return err(evidence.error);
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
  digest: policy.digest,
  decide: (request) => {
    watch(request);
    return policy.decide(request);
  },
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
  const noted = await notePolicy(ledger, policy);
  if (noted.isErr()) return err(noted.error);
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
    .map((made) => ({ mesh: made, evidence, policy, inventory, operations, close: closing(executors, evidence) }))
    .mapErr(({ message, detail }) => ({ kind: 'meshclaw.engine_unavailable', message, detail }));
}

/** An executor that cannot end its connections keeps no head from being signed. */
const closing = (executors: readonly Executor[], evidence: Evidence) => async () => {
  await Promise.allSettled(executors.map((executor) => executor.close?.()));
  await evidence.close();
};

/** The ledger says which policy was in force, and which of the owner's rules can make it milder: one record whenever it changes. */
async function notePolicy(ledger: Ledger, { digest, loosened }: Policy): Promise<Result<void, OpenError>> {
  const found = await ledger.find({ types: ['policy.loaded'], order: 'newest_first', limit: 1 });
  if (found.isErr()) return err(ledgerUnavailable(found.error));
  if (found.value[0]?.policy === digest) return ok(undefined);
  const kept = await ledger.append([{ type: 'policy.loaded', policy: digest, body: { digest, loosened } }]);
  return kept.map(() => undefined).mapErr(ledgerUnavailable);
}

const ledgerUnavailable = ({ message }: { readonly message: string }): OpenError => ({
  kind: 'meshclaw.ledger_unavailable',
  message: 'the evidence ledger cannot be used, so nothing is done',
  detail: message,
});

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
