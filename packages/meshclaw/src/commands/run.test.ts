import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approvedPlan, recordsOf } from '../_testing/approved-plan.js';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
let alice: KeyFiles;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
});
afterEach(() => cli.remove());

const records = (type: string) => recordsOf(cli, type);

test('a destructive command is denied with the rule and its reason, and that is on record', async () => {
  const { code, stdout, stderr } = await cli.run(['run', 'localhost', '--', 'mkfs.ext4', '/dev/meshclaw-test']);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('command.catastrophic');
  expect(await records('decision.made')).toMatchObject([{ body: { effect: 'deny', mode: 'execute' } }]);
  expect(await records('execution.intended')).toEqual([]);
});

test('a dry run shows words and decision, and runs nothing', async () => {
  const { code, stdout } = await cli.run(['run', 'localhost', '--dry-run', '--json', '--', 'touch', cli.path('made')]);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    action: { argv: ['touch', cli.path('made')] },
    decision: { effect: 'approval_required' },
  });
  expect(await records('approval.requested')).toEqual([]);
});

test('an approved command runs word for word, and text from it is made visible', async () => {
  const plan = await approvedPlan(cli, alice, 'printf', '%s\\n', 'a b', '\u001b[31m$HOME');
  const applied = await cli.run(['apply', plan]);
  expect(applied.code).toBe(0);
  expect(applied.stdout).toContain('| a b\n');
  expect(applied.stdout).toContain('| \\u{1b}[31m$HOME\n');
});

test('Ctrl-C during a long run ends it as unknown, on record, with exit code 7', async () => {
  const plan = await approvedPlan(cli, alice, 'sleep', '60');
  const { child, ended } = cli.start(['apply', plan]);
  while ((await records('execution.intended')).length === 0) await sleep(50);
  child.kill('SIGINT');
  expect((await ended).code).toBe(7);
  const finished = await records('execution.finished');
  expect(finished[0]?.body).toMatchObject({ outcome: { kind: 'unknown' } });
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
});

test('text that is proved to only read runs at once in the shell that is named, with its evidence', async () => {
  const text = 'printf "%s\\n" b a | sort; uptime >/dev/null';
  const { code, stdout, stderr } = await cli.run(['run', 'localhost', '--shell', 'bash', text]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/evidence: \d/)]);
  expect(stdout).toContain('| a\n');
  expect(await recordsOf(cli, 'execution.intended')).toEqual([]);
  const [decided] = await recordsOf(cli, 'decision.made');
  expect(decided?.body).toMatchObject({ effect: 'read_state', request: { action: { argv: ['bash', '-c', text] } } });
});

test.each([
  ['uptime', 'read_state', 0],
  ['no-such-program --list', 'approval_required', 4],
  ['ls $(id)', 'approval_required', 4],
  ['rm -rf /var/lib', 'deny', 3],
])('a dry run of text shows what would be decided and runs nothing: %s', async (text, effect, code) => {
  const asked = await cli.run(['run', 'localhost', '--dry-run', '--json', text]);
  expect(asked.code).toBe(code);
  expect(JSON.parse(asked.stdout)).toMatchObject({ action: { argv: ['sh', '-c', text] }, decision: { effect } });
  expect(await recordsOf(cli, 'execution.finished')).toEqual([]);
});

test('a shell that is none, or one for words, is a usage error', async () => {
  expect((await cli.run(['run', 'localhost', '--shell', 'zsh', 'uptime'])).code).toBe(2);
  expect((await cli.run(['run', 'localhost', '--shell', 'sh', '--', 'ls', '/srv'])).code).toBe(2);
});

test('a server that is not in the inventory is a usage error', async () => {
  const { code, stderr } = await cli.run(['run', 'web1', '--', 'uptime']);
  expect(code).toBe(2);
  expect(stderr).toContain('unknown_target');
});

test('a read answers on stdout alone, as text or as one object', async () => {
  const text = await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect([text.code, text.stderr]).toEqual([0, expect.stringContaining('evidence: ')]);
  expect(text.stdout).toContain('exists: true');
  const json = await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    operation: 'file.stat',
    target: 'localhost',
    output: { exists: true },
  });
});

test('an operation or input that does not exist is a usage error with the nearest name', async () => {
  const unknown = await cli.run(['perform', 'file.chmdo', 'localhost']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "file.chmod"?') });
  expect((await cli.run(['perform', 'file.stat', 'localhost', 'path'])).code).toBe(2);
  expect((await cli.run(['perform', 'file.stat', 'localhost', 'path=relative'])).code).toBe(2);
  expect((await cli.run(['perform', 'file.stat', 'localhost', '--input', '[1]'])).code).toBe(2);
});

test('a reader that goes away is no error', async () => {
  const { child, ended } = cli.start(['evidence', 'list']);
  child.stdout?.destroy();
  expect((await ended).stderr).toBe('');
});
