/** MeshClaw with every part real, over the hosts of a lab: a home of its own, host keys that were enrolled, an approver with a key. */

import { cp, mkdir, writeFile } from 'node:fs/promises';
import type {
  InputOf,
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
import { type MeshClawHandle, openMeshClaw } from 'meshclaw';
import type { Result } from 'neverthrow';
import { type KeyFiles, writeKeyFiles } from '../../packages/meshclaw/src/_testing/approver-key.js';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { signStatement } from '../../packages/meshclaw/src/home/sign.js';
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

/** A new home whose inventory has these servers; each host's key is enrolled by the built command, as a person would. */
export async function createController(entries: Readonly<Record<string, Entry>>): Promise<Controller> {
  const cli = await createTestCli();
  const key = await writeKeyFiles(cli.path('dana'), 'dana');
  await mkdir(cli.home, { mode: 0o700 });
  await writeFile(`${cli.home}/inventory.yaml`, inventoryOf(entries), { mode: 0o600 });
  await succeed(cli, 'approvers', 'add', 'dana', key.publicFile);
  for (const [name, { host }] of Object.entries(entries))
    await succeed(cli, 'enrol', name, '--fingerprint', host.fingerprint);
  return openController(cli, key);
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

async function succeed(cli: TestCli, ...words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await cli.run(words);
  if (code !== 0) throw new Error(`meshclaw ${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}
