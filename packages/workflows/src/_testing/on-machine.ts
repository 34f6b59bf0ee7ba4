/** Operations and workflows on a real machine, for the tests of this package: the caller brings the executor. */

import type { Inventory, JsonObject, JsonValue, OutputOf, Target } from '@meshclaw/core';
import {
  createMeshClaw,
  type Executor,
  type ExecutorSession,
  type Exited,
  type Operation,
  type Platform,
} from '@meshclaw/core';
import { createMemoryLedger, createScriptedPolicy, type ScriptedAnswer } from '@meshclaw/core/testing';
import { okAsync } from 'neverthrow';
import { operations } from '../operations/index.js';

/** What the tests' own machine is. */
export const DEBIAN: Platform = { os: 'linux', init: 'none', packages: 'apt', userland: 'gnu' };

/** Where the applets of a BusyBox are, for running a script with them alone. */
export interface Applets {
  readonly folder: string;
}

/** Runs the bytes of an operation, with BusyBox' applets alone where they are given, and answers what it exited with. */
export async function exitOf(
  session: ExecutorSession,
  operation: Operation,
  input: JsonValue,
  { platform = DEBIAN, before, applets }: { platform?: Platform; before?: JsonValue; applets?: Applets } = {},
): Promise<Exited> {
  const action = operation.action(operation.input.parse(input), platform, before);
  if (action.kind !== 'command') throw new Error(`the action is ${action.kind}`);
  const [, ...words] = action.argv;
  const argv = applets ? (['env', `PATH=${applets.folder}`, `${applets.folder}/sh`, ...words] as const) : action.argv;
  const outcome = await session.perform({ ...action, argv }, { executionId: 'test', ...operation.limits });
  const value = outcome._unsafeUnwrap();
  if (value.kind !== 'exited') throw new Error(`the outcome is ${value.kind}`);
  return value;
}

/** Runs it and answers the parsed output; any failure rejects. */
export async function outputOf<O extends Operation>(
  session: ExecutorSession,
  operation: O,
  input: JsonValue,
  more: { platform?: Platform; before?: JsonValue; applets?: Applets } = {},
): Promise<OutputOf<O>> {
  const platform = more.platform ?? DEBIAN;
  const exit = await exitOf(session, operation, input, more);
  if (!operation.exits.includes(exit.exitCode)) throw new Error(`exit ${exit.exitCode}: ${exit.stderr.text}`);
  const parsed = operation.parse(exit, operation.input.parse(input), platform);
  return operation.output.parse(parsed._unsafeUnwrap()) as OutputOf<O>;
}

/** A target reached by one executor. */
export const targetOf = (id: string, executor: string, properties: JsonObject = {}): Target => ({
  id,
  kind: 'server',
  reach: [{ executor, settings: {} }],
  platform: {},
  properties,
});

/** A whole MeshClaw with these executors and targets, and an agent that asks. Policy allows reads, and what `answer` says. */
export function meshOn(
  executors: readonly Executor[],
  targets: readonly Target[],
  answer?: Parameters<typeof createScriptedPolicy>[0],
  all: Inventory['targets'] = () => okAsync(targets),
) {
  const inventory: Inventory = {
    target: (id) => okAsync(targets.find((target) => target.id === id)),
    targets: all,
  };
  const ledger = createMemoryLedger();
  const policy = createScriptedPolicy(answer);
  const options = { policy, ledger, inventory, executors, operations, platformFrom: 'host.facts' };
  const agent = createMeshClaw(options)
    ._unsafeUnwrap()
    .as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
  return { agent, ledger, policy };
}

/** Policy of a test that lets every change through. */
export const allowAll = (): ScriptedAnswer => 'auto_safe';

/** A folder of BusyBox' applets on the machine, `undefined` where there is no BusyBox. The caller removes the folder. */
export async function installApplets(session: ExecutorSession): Promise<Applets | undefined> {
  const text =
    'command -v busybox >/dev/null && folder=$(mktemp -d) && busybox --install -s "$folder" && printf %s "$folder"';
  const call = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 10_000 };
  const outcome = await session.perform({ kind: 'command', argv: ['sh', '-c', text], as: 'login' }, call);
  const value = outcome._unsafeUnwrap();
  return value.kind === 'exited' && value.exitCode === 0 ? { folder: value.stdout.text } : undefined;
}
