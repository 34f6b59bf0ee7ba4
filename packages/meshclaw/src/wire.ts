/** Puts the packages together. The only file that knows which of them fill the engine's ports. */

import {
  type ApprovalDesk,
  createApprovalDesk,
  createMeshClaw,
  createRedactor,
  type Executor,
  type Inventory,
  type Ledger,
  type MeshClaw,
  type OperationCatalogue,
  type PolicyDecisionPoint,
} from '@meshclaw/core';
import type { ExportSummary } from '@meshclaw/evidence';
import type { PolicyError } from '@meshclaw/policy';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError, type OpenError } from './errors.js';
import { approverRegistry } from './home/approvers.js';
import { type Home, makeHome } from './home/home.js';
import { type ExecutorLoaders, inventoryOf, loadTargets } from './home/inventory.js';
import { checkTree } from './home/safe-file.js';
import { loadSettings, type Settings } from './home/settings.js';

/** A ledger that was opened here and is closed here, with the desk over it. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly approvals: ApprovalDesk;
  /** Writes the whole ledger with its signed heads into one new file. The error says why not. */
  exportTo(path: string): Promise<Result<ExportSummary, string>>;
  close(): Promise<void>;
}
/** Everything the engine was made of. */
export interface Wired {
  readonly mesh: MeshClaw;
  readonly evidence: Evidence;
  readonly policy: PolicyDecisionPoint;
  readonly inventory: Inventory;
  readonly operations: OperationCatalogue;
}
export interface WireOptions {
  /** Stands before the inventory file: `policy-check` answers for servers that are in none. */
  readonly around?: (own: Inventory) => Inventory;
}

/** The operation whose facts tell what a server is. */
const PLATFORM_FROM = 'host.facts';

/** Opens home, policy and ledger and makes the engine of them. Err kinds: every `OpenError`. */
export async function wire(home: Home, { around = (own) => own }: WireOptions = {}): Promise<Result<Wired, OpenError>> {
  const settings = await openHome(home);
  if (settings.isErr()) return err(settings.error);
  const loaders = await executorLoaders();
  const targets = await loadTargets(home, loaders);
  if (targets.isErr()) return err(targets.error);
  const policy = await loadPolicy(home);
  if (policy.isErr()) return err(policy.error);
  const evidence = await openLedgerOf(home, settings.value);
  if (evidence.isErr()) return err(evidence.error);
  const used = new Set(targets.value.flatMap(({ reach }) => reach.map(({ executor }) => executor)));
  const executors = await Promise.all([...used].flatMap((id) => loaders[id]?.() ?? []));
  const wired = await assemble(home, policy.value, evidence.value, around(inventoryOf(targets.value)), executors);
  if (wired.isErr()) await evidence.value.close();
  return wired;
}

async function assemble(
  home: Home,
  policy: PolicyDecisionPoint,
  evidence: Evidence,
  inventory: Inventory,
  executors: readonly Executor[],
): Promise<Result<Wired, OpenError>> {
  const { ledger } = evidence;
  const noted = await notePolicy(ledger, policy);
  if (noted.isErr()) return err(noted.error);
  const operations = await operationCatalogue();
  const mesh = createMeshClaw({
    policy,
    ledger,
    inventory,
    executors,
    operations,
    approvers: approverRegistry(home),
    redact: createRedactor(),
    platformFrom: PLATFORM_FROM,
  });
  return mesh
    .map((made) => ({ mesh: made, evidence, policy, inventory, operations }))
    .mapErr(({ message, detail }) => ({ kind: 'meshclaw.engine_unavailable', message, detail }));
}

/** Opens the home's ledger and the approval desk, without policy or inventory. Err kinds: every `HomeError`, `meshclaw.ledger_unavailable`. */
export async function openEvidenceAt(home: Home): Promise<Result<Evidence, OpenError>> {
  const settings = await openHome(home);
  return settings.isErr() ? err(settings.error) : openLedgerOf(home, settings.value);
}

async function openHome(home: Home): Promise<Result<Settings, HomeError>> {
  const made = await makeHome(home);
  if (made.isErr()) return err(made.error);
  return (await loadSettings(home)).map(({ settings }) => settings);
}

async function openLedgerOf(home: Home, { evidenceFolder }: Settings): Promise<Result<Evidence, OpenError>> {
  const { openLedger } = await import('@meshclaw/evidence');
  const opened = await openLedger({ folder: evidenceFolder });
  if (opened.isErr()) {
    const { kind, message, path, remedy, cause } = opened.error;
    const detail = `${path}: ${kind}${remedy === '' ? '' : `; ${remedy}`}`;
    return err({ kind: 'meshclaw.ledger_unavailable', message, detail, cause });
  }
  const ledger = opened.value;
  return ok({
    ledger,
    approvals: createApprovalDesk({ ledger, approvers: approverRegistry(home) }),
    exportTo: async (path) =>
      (await ledger.exportTo(path)).mapErr(({ message, cause }) => `${message}: ${detailOf(cause)}`),
    close: () => ledger.close(),
  });
}

/** Loads the shipped policy and, where a home has them, the owner's rules. Err kinds: every `HomeError`, `meshclaw.policy_unavailable`. */
export async function loadPolicy(
  home: Partial<Pick<Home, 'policies' | 'cache'>>,
): Promise<Result<PolicyDecisionPoint, OpenError>> {
  const { policies, cache } = home;
  for (const folder of [policies, cache]) {
    const checked = folder === undefined ? ok(undefined) : await checkTree(folder);
    if (checked.isErr()) return err(checked.error);
  }
  const { openPolicy } = await import('@meshclaw/policy');
  const opened = await openPolicy({
    ...(policies === undefined ? {} : { ownerFolder: policies }),
    ...(cache === undefined ? {} : { cacheFolder: cache }),
  });
  return opened.mapErr((error) => ({
    kind: 'meshclaw.policy_unavailable',
    message: error.message,
    detail: policyDetail(error),
    cause: error,
  }));
}

/** Where it is wrong, one place a line. */
function policyDetail({ kind, path, diagnostics = [], cause }: PolicyError): string {
  const places = diagnostics.map(({ message, file, row, column }) =>
    [file, row, column]
      .filter((part) => part !== undefined)
      .join(':')
      .concat(` ${message}`)
      .trim(),
  );
  const why = cause === undefined ? [] : [detailOf(cause)];
  return [`${kind}${path === undefined ? '' : ` ${path}`}`, ...places, ...(places.length === 0 ? why : [])].join(
    '\n  ',
  );
}

/** The ledger says which policy was in force: one record whenever it changes. */
async function notePolicy(ledger: Ledger, { digest }: PolicyDecisionPoint): Promise<Result<void, OpenError>> {
  const unavailable = ({ message }: { readonly message: string }): OpenError => ({
    kind: 'meshclaw.ledger_unavailable',
    message: 'the evidence ledger cannot be used, so nothing is done',
    detail: message,
  });
  const found = await ledger.find({ types: ['policy.loaded'], order: 'newest_first', limit: 1 });
  if (found.isErr()) return err(unavailable(found.error));
  if (found.value[0]?.policy === digest) return ok(undefined);
  const kept = await ledger.append([{ type: 'policy.loaded', policy: digest, body: { digest } }]);
  return kept.map(() => undefined).mapErr(unavailable);
}

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
