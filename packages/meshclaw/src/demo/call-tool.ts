/** One call to an MCP server as an AI client makes it: JSON-RPC, one object a line, over the server's stdin and stdout. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonObject } from '@meshclaw/core';

/** The revision of the protocol that the demo speaks: https://modelcontextprotocol.io/specification/2025-06-18 */
const REVISION = '2025-06-18';
/** No call takes a tenth of this. */
const CALL_MS = 120_000;

/** Starts the server, says hello, calls one tool, says goodbye; answers the tool's text, indented. Rejects when the server does not answer. */
export async function callTool(
  [program = '', ...words]: readonly string[],
  environment: NodeJS.ProcessEnv,
  tool: string,
  input: JsonObject,
): Promise<string> {
  const server = spawn(program, words, { env: environment, stdio: ['pipe', 'pipe', 'ignore'], timeout: CALL_MS });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const send = (message: JsonObject) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answerTo = async (id: number): Promise<Reply> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('the MCP server ended without an answer');
      const reply = JSON.parse(value) as Reply;
      if (reply.id === id) return reply;
    }
  };
  server.stdin.on('error', () => undefined); // it ended; answerTo says so
  const clientInfo = { name: 'demo', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: REVISION, capabilities: {}, clientInfo } });
  await answerTo(1);
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: tool, arguments: input } });
  const { result, error } = await answerTo(2);
  server.stdin.end();
  await ended;
  return JSON.stringify(result?.structuredContent ?? error ?? null, null, 2);
}

interface Reply {
  readonly id?: number;
  readonly result?: { readonly structuredContent?: JsonObject };
  readonly error?: JsonObject;
}
