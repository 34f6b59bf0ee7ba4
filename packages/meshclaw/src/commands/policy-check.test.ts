import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

test.each([
  ['codex read_state server', 'read_state', 0],
  ['codex run_command server', 'approval_required', 4],
  ['codex delete_data server', 'approval_required', 4],
  ['codex file.chmod server path=/srv/a mode=0640', 'approval_required', 4],
  ['codex no.such server', 'unsupported', 5],
])('policy-check %s answers %s with exit code %i', async (line, effect, code) => {
  const asked = await cli.run(['policy-check', ...line.split(' ')]);
  expect(asked.code).toBe(code);
  expect(firstLine(asked.stdout || asked.stderr)).toContain(effect);
  expect(existsSync(cli.home)).toBe(false);
});

test('a question is on record where there is a home, under the subject that was named', async () => {
  await cli.run(['init']);
  const asked = await cli.run(['policy-check', 'codex', 'read_state', 'server', '--json']);
  expect(JSON.parse(asked.stdout)).toMatchObject({ effect: 'read_state', allowed: true });
  const listed = await cli.run(['evidence', 'list', '--type', 'decision.made', '--json']);
  expect(JSON.parse(listed.stdout).records).toMatchObject([
    { type: 'decision.made', subject: 'agent:codex', body: { mode: 'check', effect: 'read_state' } },
  ]);
});

test('a question with an input is about exactly that', async () => {
  const wild = JSON.stringify({ argv: ['rm', '-rf', '/'] });
  const asked = await cli.run(['policy-check', 'human:dana', 'run_command', 'server', '--input', wild]);
  expect(asked.code).toBe(3);
  expect(asked.stdout).toContain('command.catastrophic');
});

test('an input that does not fit is a usage error', async () => {
  const asked = await cli.run(['policy-check', 'codex', 'file.stat', 'server', 'paht=/etc']);
  expect([asked.code, asked.stdout]).toEqual([2, '']);
  expect(asked.stderr).toContain('paht');
});

const STAT = { path: '/srv/a' };
const CHMOD = { path: '/srv/a', mode: '0640' };
const request = (id: string, name: string, actionClass: string, properties = {}) => ({
  request_id: id,
  subject: { type: 'ci', id: 'pipeline' },
  action: { name, class: actionClass, properties },
  resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
  context: { now: '2026-01-01T00:00:00.000Z', mode: 'check', surface: 'ci', freeze: false, exposed: false, recent: {} },
});
const lines = (...all: unknown[]) => all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
const check = (stdin: string, ...more: string[]) => cli.run(['policy', 'check', '--requests', '-', ...more], { stdin });

test('policy check decides a line a request, in order, without a home', async () => {
  const stdin = lines(request('1', 'file.stat', 'read', STAT), request('2', 'file.chmod', 'write', CHMOD));
  const { code, stdout, stderr } = await check(stdin);
  const decisions = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([code, stderr]).toEqual([0, '']);
  expect(decisions).toMatchObject([
    { request_id: '1', effect: 'read_state' },
    { request_id: '2', effect: 'approval_required' },
  ]);
  expect(existsSync(cli.home)).toBe(false);
});

test('a bad line is a deny and never stops the batch', async () => {
  const { class: _, ...classless } = request('3', 'file.stat', 'read', STAT).action;
  const stdin = lines('not json', request('2', 'file.stat', 'read', STAT), {
    ...request('3', 'x', 'read'),
    action: classless,
  });
  const { code, stdout } = await check(stdin);
  const decisions = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(decisions.map(({ request_id, effect }) => [request_id, effect])).toEqual([
    ['', 'deny'],
    ['2', 'read_state'],
    ['3', 'deny'],
  ]);
  expect(decisions[0].reasons).toMatchObject([{ rule: 'policy.invalid_request' }]);
});

test('--fail-on says what counts', async () => {
  const stdin = lines(request('1', 'file.chmod', 'write', CHMOD));
  expect((await check(stdin)).code).toBe(0);
  expect((await check(stdin, '--fail-on', 'approval_required')).code).toBe(1);
});

test('--pack decides by its parameters, and so does the pack of the settings', async () => {
  const stdin = lines(request('1', 'file.chmod', 'write', CHMOD));
  expect((await check(stdin, '--pack', 'read-only')).stdout).toContain('any.read_only');
  await cli.run(['init']);
  await writeFile(join(cli.home, 'meshclaw.yaml'), 'policy: { pack: read-only }\n', { mode: 0o600 });
  const asked = await cli.run('policy-check codex file.chmod localhost path=/srv/a mode=0640'.split(' '));
  expect([asked.code, asked.stdout]).toEqual([3, expect.stringContaining('any.read_only')]);
});

test('wherever the home is, nothing in it is changed through MeshClaw, and its keys are not read', async () => {
  await cli.run(['init']);
  const change = await cli.run(['policy-check', 'codex', 'file.chmod', 'x', `path=${cli.home}/approvers`, 'mode=0666']);
  expect([change.code, change.stdout]).toEqual([3, expect.stringContaining('file.own_files')]);
  const read = JSON.stringify({ argv: ['cat', join(cli.home, 'keys', 'ledger')] });
  const asked = await cli.run(['policy-check', 'codex', 'run_command', 'x', '--input', read]);
  expect([asked.code, asked.stdout]).toEqual([3, expect.stringContaining('command.secret_path')]);
});

test('what cannot be used is exit code 2: options, input, pack, rules', async () => {
  const folder = join(cli.folder, 'rules');
  await mkdir(join(folder, 'rules'), { recursive: true });
  await writeFile(join(folder, 'rules', 'broken.rego'), 'package {');
  const ended = await Promise.all([
    cli.run(['policy', 'check']),
    check('', '--fail-on', 'everything'),
    check('', '--pack', 'homelap'),
    check('', '--policy', folder),
    cli.run(['policy', 'check', '--requests', cli.path('none.jsonl')]),
  ]);
  expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(ended.map(() => [2, '']));
});
