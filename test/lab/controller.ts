/** MeshClaw with every part real, over the hosts of a lab: a home of its own, host keys that were enrolled, an approver with a key. */

import { cp, mkdir, writeFile } from 'node:fs/promises';
import type {
  InputOf,
  Ledger,
  Operation,
  OutputOf,
  PendingApproval,
  Performed,
  PerformOptions,
  Refusal,
  RefusalKind,
  RefusalOf,
  Report,
  Session,
} from '@meshclaw/core';
import { offeredHostKeys } from '@meshclaw/executors/ssh';
import { type MeshClawHandle, openMeshClaw } from 'meshclaw';
import type { Result } from 'neverthrow';
import { type KeyFiles, writeKeyFiles } from '../../packages/meshclaw/src/_testing/approver-key.js';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { enrol, prepareEnrolment } from '../../packages/meshclaw/src/home/enrol.js';
import { type Home, locateHome } from '../../packages/meshclaw/src/home/home.js';
import { chooseKey, pinHostKey } from '../../packages/meshclaw/src/home/pin-host-key.js';
import { signStatement } from '../../packages/meshclaw/src/home/sign.js';
import { findSshReach } from '../../packages/meshclaw/src/home/ssh-reach.js';
import { openEvidenceAt } from '../../packages/meshclaw/src/wire-evidence.js';
import type { LabHost, User } from './host.js';

/** A server of the inventory: which host, and who logs in. */
export interface Entry {
  readonly host: LabHost;
  readonly user: User;
}
/** One home and who works with it. */
export interface Controller {
  /** The built command, in the same home. */
  readonly cli: TestCli;
  readonly key: KeyFiles;
  readonly mesh: MeshClawHandle;
  /** Who asks: the agent `codex`, by the SDK. */
  readonly agent: Session;
  /** Asks for what needs a person, and answers whom to wait for. */
  ask<O extends Operation>(operation: O, target: string, input: InputOf<O>): Promise<PendingApproval>;
  /** A person's yes, with the key. */
  grant(id: string): Promise<void>;
  /** Does it; where a person is asked, with the person's yes. */
  approved<O extends Operation>(
    operation: O,
    target: string,
    input: InputOf<O>,
    options?: PerformOptions,
  ): Promise<Result<Performed<OutputOf<O>>, Refusal>>;
  close(): Promise<void>;
}

/** A new home whose inventory has these servers. Approver and host keys are enrolled as the commands do it. */
export async function createController(entries: Readonly<Record<string, Entry>>): Promise<Controller> {
  const cli = await createTestCli();
  const key = await writeKeyFiles(cli.path('dana'), 'dana');
  await mkdir(cli.home, { mode: 0o700 });
  await writeFile(`${cli.home}/inventory.yaml`, inventoryOf(entries), { mode: 0o600 });
  const home = locateHome({}, cli.home);
  const evidence = (await openEvidenceAt(home))._unsafeUnwrap();
  const first = (await prepareEnrolment(home, evidence.ledger, key.approver))._unsafeUnwrap();
  (await enrol(home, evidence.ledger, first, undefined))._unsafeUnwrap();
  for (const [name, { host }] of Object.entries(entries)) await enrolHost(home, evidence.ledger, name, host);
  await evidence.close();
  return openController(cli, key);
}

/** Pins the key that the host offers, when it is the one that the lab gave it. */
async function enrolHost(home: Home, ledger: Ledger, server: string, { fingerprint }: LabHost): Promise<void> {
  const reach = (await findSshReach(home, server, undefined))._unsafeUnwrap();
  const call = { executionId: 'enrol', timeoutMs: 20_000, maxOutputBytes: 0 };
  const offered = (await offeredHostKeys({ host: reach.host, ...reach.way }, call))._unsafeUnwrap();
  const { key } = chooseKey(reach, offered, { fingerprint, replace: false })._unsafeUnwrap();
  const by = { type: 'human', id: 'dana' } as const;
  const pinning = { server, address: undefined, reach, key, by, confirmedBy: 'fingerprint' } as const;
  (await pinHostKey(home, ledger, pinning))._unsafeUnwrap();
}

/** A second controller over a copy of a home, with everything that was asked and approved there. */
export async function copyController({ cli, key }: Controller): Promise<Controller> {
  const copy = await createTestCli();
  await cp(cli.home, copy.home, { recursive: true, preserveTimestamps: true });
  return openController(copy, key);
}

async function openController(cli: TestCli, key: KeyFiles): Promise<Controller> {
  const mesh = (await openMeshClaw({ home: cli.home }))._unsafeUnwrap();
  const agent = mesh.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
  const self: Controller = {
    ...{ cli, key, mesh, agent },
    async ask(operation, target, input) {
      return refusalOf('approval_required', await agent.perform(operation, target, input)).approval;
    },
    async grant(id) {
      const statement = (await mesh.approvals.statement(id))._unsafeUnwrap();
      const signature = (await signStatement(statement, key.privateFile))._unsafeUnwrap();
      (await mesh.approvals.grant(id, { statement, signature }))._unsafeUnwrap();
    },
    async approved(operation, target, input, options) {
      const first = await agent.perform(operation, target, input, options);
      if (first.isOk() || first.error.kind !== 'approval_required') return first;
      await self.grant(first.error.approval.id);
      return agent.perform(operation, target, input, options);
    },
    async close() {
      await mesh.close();
      await cli.remove();
    },
  };
  return self;
}

/** The refusal, when it is of this kind; anything else is told whole. */
export function refusalOf<K extends RefusalKind>(kind: K, result: Result<unknown, Refusal>): RefusalOf<K> {
  if (result.isOk()) throw new Error(`it was done: ${JSON.stringify(result.value)}`);
  if (result.error.kind !== kind) throw new Error(`not ${kind}: ${JSON.stringify(result.error)}`);
  return result.error as RefusalOf<K>;
}

/** What a workflow read; a report without any is told whole. */
export function dataOf<D>(report: Report<D>): D {
  if (report.status === 'failed') throw new Error(`nothing was read: ${JSON.stringify(report.problems)}`);
  return report.data;
}

function inventoryOf(entries: Readonly<Record<string, Entry>>): string {
  const lines = Object.entries(entries).map(
    ([name, { host, user }]) =>
      `  ${name}:\n    reach:\n      - executor: ssh\n        host: ${host.address}\n        user: ${user}\n        identity_file: ${host.userKey}\n`,
  );
  return `servers:\n${lines.join('')}`;
}
