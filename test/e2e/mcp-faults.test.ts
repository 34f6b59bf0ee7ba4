import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../../packages/meshclaw/src/_testing/approver-key.js';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { connectLines, connectMcp, ERAS, type LineClient } from './mcp-client.js';

let cli: TestCli;
let alice: KeyFiles;
const started: LineClient[] = [];
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await cli.remove();
});

async function lines(...words: string[]): Promise<LineClient> {
  const client = await connectLines(cli, ['mcp', ...words]);
  started.push(client);
  return client;
}
const callOf = (name: string, given: object) => ({ name: `meshclaw_${name}`, arguments: given });
async function records(type: string): Promise<readonly { body: unknown }[]> {
  const { stdout } = await cli.run(['evidence', 'list', '--type', type, '--json']);
  return JSON.parse(stdout).records;
}
const LONG = { server: 'localhost', argv: ['sleep', '60'] };

/** Has the long command approved, so that calling it begins it. */
async function approve(client: LineClient): Promise<void> {
  await cli.run(['approvers', 'add', 'alice', alice.publicFile]);
  const answer = await client.request(1, 'tools/call', callOf('run_evidence', LONG));
  const { approvals } = (answer.result as { structuredContent: { approvals: { id: string }[] } }).structuredContent;
  expect((await cli.run(['approvals', 'grant', approvals[0]?.id ?? '', '--key', alice.privateFile])).code).toBe(0);
}
async function begun(): Promise<void> {
  while ((await records('execution.intended')).length === 0) await sleep(50);
}
async function expectUnknownOnRecord(): Promise<void> {
  expect(await records('execution.finished')).toMatchObject([{ body: { outcome: { kind: 'unknown' } } }]);
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
}

describe('a client that goes', () => {
  test('by closing stdin ends the server with the ledger in order', async () => {
    const client = await lines();
    await client.request(1, 'tools/call', callOf('status', { server: 'localhost' }));
    client.child.stdin?.end();
    expect(await client.ended).toBe(0);
    expect(client.stderr()).toBe('');
    expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
  });

  test('in the middle of a call ends what it began as unknown, on record', async () => {
    const client = await lines();
    await approve(client);
    void client.request(2, 'tools/call', callOf('run_evidence', LONG));
    await begun();
    client.child.stdin?.end();
    expect(await client.ended).toBe(0);
    await expectUnknownOnRecord();
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s in the middle of a call ends the same way', async (signal) => {
    const client = await lines();
    await approve(client);
    void client.request(2, 'tools/call', callOf('run_evidence', LONG));
    await begun();
    client.child.kill(signal);
    expect(await client.ended).toBe(0);
    await expectUnknownOnRecord();
  });

  test('without reading its answers ends the server too', async () => {
    const client = await lines();
    client.child.stdout?.destroy();
    client.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })}\n`);
    expect(await client.ended).toBe(0);
  });
});

test('a call that is cancelled ends as unknown, and the next one is served', async () => {
  const client = await lines();
  await approve(client);
  void client.request(2, 'tools/call', callOf('run_evidence', LONG));
  await begun();
  client.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } })}\n`);
  while ((await records('execution.finished')).length === 0) await sleep(50);
  await expectUnknownOnRecord();
  expect(await client.request(3, 'tools/call', callOf('server_list', {}))).toMatchObject({ result: { content: [{}] } });
  expect(client.lines.filter((line) => JSON.parse(line).id === 2)).toEqual([]);
});

test('a client that asks for progress is told it, and one that does not is not', async () => {
  const client = await lines();
  await client.request(1, 'tools/call', callOf('status', { server: 'localhost' }));
  expect(client.lines.join('\n')).not.toContain('notifications/progress');
  const asked = { ...callOf('status', { server: 'localhost' }), _meta: { progressToken: 'p' } };
  await client.request(2, 'tools/call', asked);
  const told = client.lines.map((line) => JSON.parse(line)).filter(({ method }) => method === 'notifications/progress');
  expect(told).toMatchObject([{ params: { progressToken: 'p', progress: 1, message: 'asking localhost' } }]);
});

test.each(ERAS)('a client of %s may give a call up', async (era) => {
  const client = await connectMcp(cli, era);
  try {
    const giveUp = new AbortController();
    const call = client.call('meshclaw_status', { server: 'localhost' }, giveUp.signal);
    giveUp.abort();
    await expect(call).rejects.toThrow();
    expect((await client.call('meshclaw_server_list')).told.status).toBe('ok');
  } finally {
    await client.close();
  }
});

describe('whatever comes in', () => {
  test('lines that are no message are passed over, and stdout stays JSON-RPC', async () => {
    const client = await lines();
    for (const garbage of [
      'nonsense',
      '{',
      '[]',
      '{"jsonrpc":"2.0"}',
      '\u0000\u001b[2J',
      '"text"',
      'null',
      '{"id":9}',
      '',
    ])
      client.write(`${garbage}\n`);
    const answer = await client.request(1, 'tools/call', callOf('server_list', {}));
    expect(answer).toMatchObject({ result: { structuredContent: { status: 'ok' } } });
    for (const line of client.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(client.stderr()).not.toContain('\u001b');
  });

  test('a megabyte is refused by the name of its field, and a hundred thousand levels too', async () => {
    const client = await lines();
    const large = { server: 'localhost', argv: ['echo', 'x'.repeat(1_048_576)] };
    const refused = { result: { isError: true, structuredContent: { problems: [{ kind: 'invalid_input' }] } } };
    const first = await client.request(1, 'tools/call', callOf('run_evidence', large));
    expect(first).toMatchObject(refused);
    expect(JSON.stringify(first)).toContain('argv: all text together');
    expect(JSON.stringify(first).length).toBeLessThan(2_000);
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const given = `{"operation":"command.run","server":"localhost","input":${deep}}`;
    const answer = client.answerTo(2);
    client.write(
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"meshclaw_policy_check","arguments":${given}}}\n`,
    );
    const second = await answer;
    expect(second).toMatchObject(refused);
    expect(JSON.stringify(second)).toContain('input: nested deeper');
  });

  test('a message of more than four megabytes ends the connection, cleanly', async () => {
    const client = await lines();
    client.write('x'.repeat(5 * 1_048_576));
    expect(await client.ended).toBe(0);
  });

  test('a hundred calls at once are all answered', async () => {
    const client = await lines();
    const all = Array.from({ length: 100 }, (_, at) => client.request(at + 1, 'tools/call', callOf('server_list', {})));
    const answers = await Promise.all(all);
    expect(answers.filter(({ result }) => result === undefined)).toEqual([]);
  });
});

test('a home that cannot be used is said on stderr, stdout stays empty, and nothing is served', async () => {
  await mkdir(cli.home, { mode: 0o700 });
  await writeFile(`${cli.home}/inventory.yaml`, 'servers: 5\n', { mode: 0o600 });
  for (const words of [['mcp'], ['mcp', '--json']]) {
    const { code, stdout, stderr } = await cli.run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('inventory.yaml:1:');
  }
});
