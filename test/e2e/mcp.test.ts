import { userInfo } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeKeyFiles } from '../../packages/meshclaw/src/_testing/approver-key.js';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { connectMcp, ERAS, type McpClient } from './mcp-client.js';

let cli: TestCli;
const clients: McpClient[] = [];
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await cli.remove();
});

async function connected(era: (typeof ERAS)[number]): Promise<McpClient> {
  const client = await connectMcp(cli, era);
  clients.push(client);
  return client;
}
async function records(...words: string[]): Promise<readonly { subject: string; body: Record<string, never> }[]> {
  const { stdout } = await cli.run(['evidence', 'list', '--json', ...words]);
  return JSON.parse(stdout).records;
}
const REVISION = { '2025': '2025-11-25', '2026': '2026-07-28' };

describe.each(ERAS)('a client of %s', (era) => {
  test('is served its revision, told how to behave, and given the tools by name', async () => {
    const client = await connected(era);
    expect(client.revision).toBe(REVISION[era]);
    expect(client.instructions).toContain('untrusted');
    const tools = await client.list();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(TOOLS));
    expect(tools.map(({ name }) => name).filter((name) => !/^meshclaw_[a-z_]+$/.test(name))).toEqual([]);
  });

  test('asks about this machine and gets the same answer as text and as data', async () => {
    const client = await connected(era);
    for (const [name, given] of [
      ['meshclaw_server_list', {}],
      ['meshclaw_status', {}],
      ['meshclaw_disk_investigate', { server: 'localhost', path: '/etc/ssl' }],
      ['meshclaw_policy_check', { operation: 'read_state', server: 'localhost' }],
      ['meshclaw_evidence_list', { limit: 5 }],
      ['meshclaw_approval_status', {}],
    ] as const) {
      const { isError, text, told } = await client.call(name, given);
      expect([name, isError]).toEqual([name, false]);
      expect(told.status).toMatch(/^(ok|findings)$/);
      expect(JSON.parse(text)).toEqual(told);
    }
  });

  test('runs a command once a person has signed what the answer says', async () => {
    const client = await connected(era);
    const alice = await writeKeyFiles(cli.path('alice'), 'alice');
    await cli.run(['approvers', 'add', 'alice', alice.publicFile]);
    const asked = { server: 'localhost', argv: ['env', 'GREETING=1', 'printf', 'hello'] }; // not a proved read
    const { isError, told } = await client.call('meshclaw_run_evidence', asked);
    expect([isError, told.status, told.data]).toEqual([false, 'approval_required', undefined]);
    const [approval] = told.approvals;
    for (const line of approval?.person ?? []) {
      const [program, ...words] = line.replace('<private key>', alice.privateFile).split(' ');
      expect([program, (await cli.run(words)).code]).toEqual(['meshclaw', 0]);
    }
    const state = await client.call('meshclaw_approval_status', { approval: approval?.id });
    expect(state.told.data).toMatchObject({ approvals: [{ status: 'granted', signers: ['alice'] }] });
    const ran = await client.call('meshclaw_run_evidence', asked);
    expect(ran.told).toMatchObject({ status: 'ok', data: { stdout: 'hello' }, untrusted: true });
    expect((await client.call('meshclaw_run_evidence', asked)).told.status).toBe('approval_required');
    expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
  });

  test('is an agent of the OS user, and its own name is a property', async () => {
    const client = await connected(era);
    await client.call('meshclaw_policy_check', { operation: 'run_command', server: 'localhost' });
    const [record] = await records('--type', 'decision.made');
    expect(record?.subject).toBe(`agent:${userInfo().username}`);
    expect(record?.body).toMatchObject({
      surface: 'mcp',
      request: { subject: { type: 'agent', properties: { claimed_client: 'test-client' } } },
    });
  });

  test('that has read text of a server needs a person for commands that do more than read, whatever rules say', async () => {
    const client = await connected(era);
    const rules = async () => {
      const asked = { operation: 'command.run', server: 'localhost', input: { argv: ['touch', '/srv/a'] } };
      const { told } = await client.call('meshclaw_policy_check', asked);
      return ((told.data?.reasons ?? []) as { rule: string }[]).map(({ rule }) => rule);
    };
    expect(await rules()).not.toContain('command.exposed');
    await client.call('meshclaw_status', { server: 'localhost' });
    expect(await rules()).toContain('command.exposed');
  });

  test('is told what is wrong: a tool that is none, a field that does not fit, a server nobody knows', async () => {
    const client = await connected(era);
    await expect(client.call('meshclaw_approve', {})).rejects.toMatchObject({ code: -32602 });
    const wrong = await client.call('meshclaw_disk_investigate', { server: 'localhost', path: 'etc', why: 1 });
    expect([wrong.isError, wrong.told.problems[0]?.kind]).toEqual([true, 'invalid_input']);
    expect(wrong.told.problems[0]?.issues?.join(' ')).toMatch(/path: .*"why"/);
    const nobody = await client.call('meshclaw_status', { server: 'web9' });
    expect([nobody.isError, nobody.told.problems[0]?.kind]).toEqual([true, 'unknown_target']);
    const destroying = await client.call('meshclaw_run_evidence', {
      server: 'localhost',
      argv: ['mkfs.ext4', '/dev/x'],
    });
    expect([destroying.isError, destroying.told.problems[0]?.kind]).toEqual([true, 'denied']);
  });
});

/** The names that guides and configurations mention; a workflow more is no change of them. */
const TOOLS = [
  'meshclaw_approval_status',
  'meshclaw_disk_investigate',
  'meshclaw_evidence_list',
  'meshclaw_policy_check',
  'meshclaw_run_evidence',
  'meshclaw_server_list',
  'meshclaw_status',
];

test('two clients on one home at once work on one ledger, and neither’s reading exposes the other', async () => {
  const [one, other] = await Promise.all(ERAS.map(connected));
  const read = await Promise.all(
    [one, other].flatMap((client) => [1, 2, 3, 4].map(() => client?.call('meshclaw_server_list'))),
  );
  expect(read.every((answer) => answer?.told.status === 'ok')).toBe(true);
  await one?.call('meshclaw_status', { server: 'localhost' });
  const checks = await Promise.all(
    [one, other].map((client) =>
      client?.call('meshclaw_policy_check', { operation: 'command.run', server: 'localhost' }),
    ),
  );
  expect(checks.map((answer) => answer?.text.includes('command.exposed'))).toEqual([true, false]);
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
});
