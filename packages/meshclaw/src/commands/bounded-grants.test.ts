import { chmod, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
let alice: KeyFiles;
let file: string;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
  file = cli.path('notes.txt');
  await writeFile(file, 'text\n');
  await chmod(file, 0o666);
  expect((await cli.run(['approvers', 'add', 'alice', alice.publicFile])).code).toBe(0);
});
afterEach(() => cli.remove());

const BOUNDS = ['--for', `agent:${userInfo().username}`, '--operation', 'file.chmod', '--server', 'localhost'];
const grant = (...words: string[]) => cli.run(['approvals', 'grant', ...BOUNDS, ...words]);
const set = async (mode: string) => {
  const { code } = await cli.run(['perform', 'file.chmod', 'localhost', `path=${file}`, `mode=${mode}`]);
  return [code, ((await stat(file)).mode & 0o777).toString(8)];
};

test('one signature for so many uses is shown, counted, used up and no more', async () => {
  const granted = await grant('--count', '2', '--minutes', '30', '--key', alice.privateFile, '--json');
  expect(granted).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('at most   2 times in all, within 30 minutes'),
  });
  const { id } = JSON.parse(granted.stdout).approval;
  expect([await set('0640'), await set('0600'), await set('0644')]).toEqual([
    [0, '640'],
    [0, '600'],
    [4, '600'],
  ]);
  expect((await cli.run(['approvals', 'list'])).stdout).toContain('file.chmod: 2 of 2 uses');
  expect((await cli.run(['approvals', 'show', id])).stdout).toMatch(/used {6}2 of 2[\s\S]*may do {4}file\.chmod/);
  const { stats } = JSON.parse((await cli.run(['approvals', 'stats', '--json'])).stdout);
  expect(stats).toMatchObject({ asked: 2, bounded: { granted: 1, uses: 2 } });
});

test('it waits for a signature like any ask, may be signed elsewhere, and ends when it is revoked', async () => {
  const asked = await grant('--count', '5', '--minutes', '30', '--json');
  expect(asked.code).toBe(4);
  const { approvals } = JSON.parse((await cli.run(['approvals', 'list', '--pending', '--json'])).stdout);
  const [{ id }] = approvals;
  expect((await set('0640'))[0]).toBe(4);
  const statement = await cli.run(['approvals', 'statement', id]);
  expect(JSON.parse(statement.stdout)).toMatchObject({ approval: id, slots: [0, 1, 2, 3, 4] });
  expect(statement.stderr).toContain('may do    file.chmod');
  expect((await cli.run(['approvals', 'grant', id, '--key', alice.privateFile])).code).toBe(0);
  expect((await set('0640'))[0]).toBe(0);
  expect((await cli.run(['approvals', 'revoke', id])).code).toBe(0);
  expect((await set('0600'))[0]).toBe(4);
});

test('a bound that is missing, too wide, unknown here or about words is refused', async () => {
  const key = ['--key', alice.privateFile];
  for (const words of [
    ['--count', '2'],
    ['--count', '51', '--minutes', '10'],
    ['--count', '2', '--minutes', '1441'],
    ['--count', 'many', '--minutes', '10'],
    ['--count', '2', '--minutes', '10', '--server', 'web*'],
    ['--count', '2', '--minutes', '10', '--operation', 'command.run'],
    ['--count', '2', '--minutes', '10', '--operation', 'file.stat'],
    ['--count', '2', '--minutes', '10', '--signers', '3'],
  ]) {
    expect([words, (await grant(...words, ...key)).code]).toEqual([words, 2]);
  }
  expect((await cli.run(['approvals', 'grant'])).code).toBe(2);
  expect((await cli.run(['approvals', 'grant', 'appr-1', '--count', '2'])).code).toBe(2);
});

test('the pack of production takes none', async () => {
  expect((await grant('--count', '2', '--minutes', '30', '--key', alice.privateFile)).code).toBe(0);
  await writeFile(`${cli.home}/meshclaw.yaml`, 'policy: { pack: production }\n', { mode: 0o600 });
  expect((await set('0640'))[0]).toBe(4);
});

test('a no that is taken back by an approver lets the same be asked again', async () => {
  const { stdout } = await cli.run(['perform', '--json', 'file.chmod', 'localhost', `path=${file}`, 'mode=0640']);
  const { id } = JSON.parse(stdout).error.facts.approval;
  expect((await cli.run(['approvals', 'deny', id])).code).toBe(0);
  expect((await set('0640'))[0]).toBe(3);
  expect((await cli.run(['approvals', 'withdraw', id])).code).toBe(4);
  const mallory = await writeKeyFiles(cli.path('mallory'), 'mallory');
  expect((await cli.run(['approvals', 'withdraw', id, '--key', mallory.privateFile])).code).toBe(3);
  expect((await set('0640'))[0]).toBe(3);
  expect((await cli.run(['approvals', 'withdraw', id, '--key', alice.privateFile])).code).toBe(0);
  expect((await set('0640'))[0]).toBe(4);
});
