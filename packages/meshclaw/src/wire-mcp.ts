/** What the MCP server is given of an open MeshClaw: hands of one agent, and reading. The approval desk is not among it. */

import type { ToolboxParts } from '@meshclaw/mcp';
import { resolveAlias } from '@meshclaw/policy';
import { agentOf } from './home/who-asks.js';
import type { MeshClawHandle } from './open.js';
import { ownRedactor } from './own-redactor.js';

/** The parts for an agent of this OS user. */
export function mcpParts(
  { as, ledger, approvals }: Pick<MeshClawHandle, 'as' | 'ledger' | 'approvals'>,
  osUser: string,
): Omit<ToolboxParts, 'onDefect'> {
  return {
    session: ({ exposed, client }) => as({ subject: agentOf(osUser, client), surface: 'mcp', exposed }),
    // Functions one by one: an object of ours would carry `append` and `grant` with it.
    records: { find: (query) => ledger.find(query) },
    approvals: { list: () => approvals.list(), show: (id) => approvals.show(id) },
    operationNamed: (name) => resolveAlias(name, 'check'),
    redact: ownRedactor(),
  };
}
