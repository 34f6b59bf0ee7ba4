/** Clients of both eras of MCP, and one that only knows lines, each talking to the built `meshclaw mcp`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ENTRY, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';

/** `2025`: the older SDK, `initialize`. `2026`: the current one, revision 2026-07-28. */
export const ERAS = ['2025', '2026'] as const;
export type Era = (typeof ERAS)[number];

/** What a tool answered, as clients see it. */
export interface Answered {
  readonly isError: boolean;
  readonly text: string;
  readonly told: {
    readonly status: string;
    readonly untrusted: boolean;
    readonly sources: readonly string[];
    readonly data?: Readonly<Record<string, unknown>>;
    readonly problems: readonly { readonly kind: string; readonly issues?: readonly string[] }[];
    readonly approvals: readonly { readonly id: string; readonly person: readonly string[] }[];
    readonly evidence: readonly string[];
  };
}
export interface McpClient {
  readonly revision: string | undefined;
  readonly instructions: string | undefined;
  list(): Promise<readonly { readonly name: string }[]>;
  call(name: string, given?: object, signal?: AbortSignal): Promise<Answered>;
  close(): Promise<void>;
}

const CLIENT = { name: 'test-client', version: '1.0.0' };

/** Starts `meshclaw mcp` in the home of `cli` and shakes hands. */
export async function connectMcp(cli: TestCli, era: Era): Promise<McpClient> {
  const server = { command: process.execPath, args: [ENTRY, 'mcp'], env: environmentOf(cli), cwd: cli.folder };
  if (era === '2026') {
    const client = new Client(CLIENT, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StdioClientTransport({ ...server, stderr: 'ignore' }));
    return {
      revision: client.getNegotiatedProtocolVersion(),
      instructions: client.getInstructions(),
      list: async () => (await client.listTools()).tools,
      call: async (name, given = {}, signal) =>
        answered(await client.callTool({ name, arguments: given as never }, signal ? { signal } : {})),
      close: () => client.close(),
    };
  }
  const client = new OlderClient(CLIENT);
  const transport = new OlderTransport({ ...server, stderr: 'ignore' });
  let revision: string | undefined;
  // The client tells its transport what was agreed on; nothing else of it does.
  Object.assign(transport, {
    setProtocolVersion: (version: string) => {
      revision = version;
    },
  });
  await client.connect(transport);
  return {
    revision,
    instructions: client.getInstructions(),
    list: async () => (await client.listTools()).tools,
    call: async (name, given = {}, signal) =>
      answered(await client.callTool({ name, arguments: given as never }, undefined, signal ? { signal } : {})),
    close: () => client.close(),
  };
}

function answered(result: object): Answered {
  const { isError, content, structuredContent } = result as {
    readonly isError?: boolean;
    readonly content: readonly { readonly text: string }[];
    readonly structuredContent: Answered['told'];
  };
  return { isError: isError === true, text: content.map(({ text }) => text).join(''), told: structuredContent };
}

/** A client that writes lines: whatever a test wants to say. */
export interface LineClient {
  readonly child: ChildProcess;
  /** Everything the server wrote to stdout, line by line. */
  readonly lines: readonly string[];
  readonly stderr: () => string;
  write(text: string): void;
  /** Resolves with the answer to a request that is written afterwards. */
  answerTo(id: number): Promise<Record<string, unknown>>;
  /** Sends a request and resolves with the answer to it. */
  request(id: number, method: string, params: object): Promise<Record<string, unknown>>;
  readonly ended: Promise<number | null>;
}

/** Starts `meshclaw mcp` and says `initialize` as a client of 2025 does. */
export async function connectLines(cli: TestCli, words: readonly string[] = ['mcp']): Promise<LineClient> {
  const child = spawn(process.execPath, [ENTRY, ...words], { cwd: cli.folder, env: environmentOf(cli) });
  const lines: string[] = [];
  const waiting = new Map<unknown, (answer: Record<string, unknown>) => void>();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {}); // the server went away
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const message = JSON.parse(line) as Record<string, unknown>;
    waiting.get(message.id)?.(message);
  });
  const client: LineClient = {
    child,
    lines,
    stderr: () => stderr,
    write: (text) => child.stdin.write(text),
    answerTo: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    request: (id, method, params) => {
      const answer = client.answerTo(id);
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      return answer;
    },
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: CLIENT };
  await Promise.race([client.request(0, 'initialize', hello), client.ended]);
  client.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return client;
}

function environmentOf({ home }: TestCli): Record<string, string> {
  const { NODE_OPTIONS: _, ...inherited } = process.env as Record<string, string>;
  return { ...inherited, MESHCLAW_HOME: home };
}
