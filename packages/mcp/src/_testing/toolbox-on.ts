/** The tools over a whole MeshClaw with an executor of the test's choice, for tests. */

import {
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
  registryOf,
  type ScriptedAnswer,
} from '@meshclaw/core/testing';
import { operations } from '@meshclaw/workflows/operations';
import { okAsync } from 'neverthrow';
import type { ToolContext } from '../tool.js';
import { createToolbox, type ToolboxParts } from '../toolbox.js';

/** Tools of one session, what they reach, and the one who may approve. There is one server, `web1`. */
export function toolboxOn(executor: Executor, answer?: Parameters<typeof createScriptedPolicy>[0]) {
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
    session: ({ exposed }) => mesh.as({ subject, surface: 'mcp', exposed }),
    records: { find: (query) => ledger.find(query) },
    approvals: { list: () => desk.list(), show: (id) => desk.show(id) },
    operationNamed: (name) => (name === 'run_command' ? 'command.run' : name),
    redact: createRedactor(),
    onDefect: (cause) => defects.push(cause),
  };
  const toolbox = createToolbox(parts);
  /** What a tool's `run` is given, for calling it by itself. */
  const context = (): ToolContext => ({
    ...parts,
    session: parts.session({ exposed: false }),
    signal: new AbortController().signal,
    note: () => {},
  });
  /** Calls a tool that exists. */
  const call = async (name: string, given: unknown = {}, signal = new AbortController().signal) => {
    const answered = await toolbox.call(`meshclaw_${name}`, given, { signal, note: () => {} });
    if (answered === undefined) throw new Error(`there is no tool meshclaw_${name}`);
    return answered as JsonObject & { readonly data: JsonObject; readonly approvals: readonly JsonObject[] };
  };
  const grant = async (id: string) => {
    const statement = (await desk.statement(id))._unsafeUnwrap();
    return desk.grant(id, { statement, signature: approver.sign(statement) });
  };
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
