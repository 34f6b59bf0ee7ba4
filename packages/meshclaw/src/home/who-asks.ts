/** Who asks through the command line: taken from the process and its surroundings, never from an argument. */

import { userInfo } from 'node:os';
import { isatty } from 'node:tty';
import type { Subject } from '@meshclaw/core';

/**
 * Variables that coding agents set for the commands they start, as their documentation or source shows them. The list
 * only ever turns a `human` into an `agent`; no rule is looser for a human, so a missing name loosens nothing.
 */
const AGENT_VARIABLES = [
  'AI_AGENT',
  'AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE_ENTRYPOINT',
  'CODEX_SANDBOX',
  'CODEX_SANDBOX_NETWORK_DISABLED',
  'CODEX_THREAD_ID',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'COPILOT_AGENT',
  'OPENCODE',
  'AUGMENT_AGENT',
  'CLINE_ACTIVE',
  'REPL_ID',
] as const;

/** The surroundings that decide; a parameter so that it can be tested. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: boolean;
  readonly osUser: string;
}

/** This process's own surroundings. A terminal means: somebody can type here. */
export const surroundings = (): Surroundings => ({
  environment: process.env,
  terminal: isatty(0),
  osUser: userInfo().username,
});

/** `human:<OS user>` on a terminal; `agent:<OS user>` without one or where a known agent runs the command. */
export function whoAsks({ environment, terminal, osUser }: Surroundings): Subject {
  const sign = AGENT_VARIABLES.find((name) => (environment[name] ?? '') !== '');
  if (terminal && sign === undefined) {
    return { type: 'human', id: osUser, properties: { authenticated_by: 'os_user' } };
  }
  const client = sign === undefined ? {} : { client: sign.toLowerCase() };
  return { type: 'agent', id: osUser, properties: { authenticated_by: 'os_user', ...client } };
}

/** Whoever talks to this process over MCP: an agent of the OS user, terminal or not. `client` is what it calls itself, and nothing follows from it. */
export const agentOf = (osUser: string, client?: string): Subject => ({
  type: 'agent',
  id: osUser,
  properties: { authenticated_by: 'os_user', ...(client === undefined ? {} : { claimed_client: client }) },
});
