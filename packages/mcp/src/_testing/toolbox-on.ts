/** The tools over a whole MeshClaw with an executor of the test's choice, for tests. */

import {
  type ApprovalDesk,
  createApprovalDesk,
  createMeshClaw,
  createRedactor,
  type Executor,
  type JsonObject,
  type Subject,
  type Target,
} from '@meshclaw/core';
import {
  createMemoryLedger,
  createScriptedPolicy,
  createTestApprover,
  type MemoryLedger,
  registryOf,
  type ScriptedAnswer,
  type ScriptedPolicy,
} from '@meshclaw/core/testing';
import { operations } from '@meshclaw/workflows/operations';
import { okAsync } from 'neverthrow';
import type { ToolContext } from '../tool.js';
import { createToolbox, type Toolbox, type ToolboxParts } from '../toolbox.js';

/** A tool's answer, read as what tests look at. */
export type Told = JsonObject & { readonly data: JsonObject; readonly approvals: readonly JsonObject[] };

export interface ToolboxWorld {
  readonly toolbox: Toolbox;
  /** Calls a tool that exists. */
  call(name: string, given?: unknown, signal?: AbortSignal): Promise<Told>;
  /** What a tool's `run` is given, for calling it by itself. */
  context(): ToolContext;
  /** Signs a pending approval. */
  grant(id: string): ReturnType<ApprovalDesk['grant']>;
  readonly ledger: MemoryLedger;
  readonly policy: ScriptedPolicy;
  readonly defects: readonly unknown[];
}

/** Tools of one session, what they reach, and the one who may approve. There is one server, `web1`; a change is waited for `waitMs`. */
export function toolboxOn(
  executor: Executor,
  answer?: Parameters<typeof createScriptedPolicy>[0],
  waitMs = 20_000,
): ToolboxWorld {
  const ledger = createMemoryLedger();
  const policy = createScriptedPolicy(answer);
  const approver = createTestApprover('dana');
  const approvers = registryOf([approver]);
  const web1 = targetOf('web1', executor.id);
  const inventory = {
    target: (id: string) => okAsync(id === 'web1' ? web1 : undefined),
    targets: () => okAsync([web1]),
  };
  const options = { policy, ledger, inventory, executors: [executor], operations, approvers };
  const mesh = createMeshClaw({ ...options, platformFrom: 'host.facts' })._unsafeUnwrap();
  const desk = createApprovalDesk({ ledger, approvers });
  const subject: Subject = { type: 'agent', id: 'codex' };
  const defects: unknown[] = [];
  const parts: ToolboxParts = {
    session: ({ exposed }) => mesh.as({ subject, surface: 'mcp', exposed, waitMs }),
    records: { find: (query) => ledger.find(query) },
    approvals: { list: () => desk.list(), show: (id) => desk.show(id) },
    operationNamed: (name) => (name === 'run_command' ? 'command.run' : name),
    redact: createRedactor(),
    onDefect: (cause) => defects.push(cause),
  };
  const toolbox = createToolbox(parts);
  const context = (): ToolContext => ({
    ...parts,
    session: parts.session({ exposed: false }),
    signal: new AbortController().signal,
    note: () => {},
  });
  const call: ToolboxWorld['call'] = async (name, given = {}, signal = new AbortController().signal) => {
    const answered = await toolbox.call(`meshclaw_${name}`, given, { signal, note: () => {} });
    if (answered === undefined) throw new Error(`there is no tool meshclaw_${name}`);
    return answered as Told;
  };
  const grant = (id: string) =>
    desk.statement(id).andThen((statement) => desk.grant(id, { statement, signature: approver.sign(statement) }));
  return { toolbox, call, context, grant, ledger, policy, defects };
}

/** Policy of a test that lets everything through. */
export const allowAll = (): ScriptedAnswer => 'auto_safe';

const targetOf = (id: string, executor: string): Target => ({
  id,
  kind: 'server',
  reach: [{ executor, settings: {} }],
  platform: {},
  properties: { tags: ['web'] },
});
