import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

test('init makes the samples once and never overwrites', async () => {
  const first = await cli.run(['init']);
  expect([first.code, first.stderr]).toEqual([0, '']);
  await writeFile(join(cli.home, 'inventory.yaml'), 'mine\n');
  const second = await cli.run(['init', '--json']);
  expect(JSON.parse(second.stdout).files.map(({ state }: { state: string }) => state)).toEqual(['kept', 'kept']);
  expect(await readFile(join(cli.home, 'inventory.yaml'), 'utf8')).toBe('mine\n');
});

test('config show says what is in force and where it came from, and makes nothing', async () => {
  const before = await cli.run(['config', 'show', '--json']);
  expect(JSON.parse(before.stdout)).toMatchObject({ home_exists: false });
  expect(JSON.parse(before.stdout).values).toContainEqual({ key: 'inventory.servers', value: '1', from: 'default' });
  await cli.run(['init']);
  const { stdout, code } = await cli.run(['config', 'show', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).values).toContainEqual({
    key: 'policy.pack',
    value: 'homelab',
    from: join(cli.home, 'meshclaw.yaml'),
  });
});

test('an error of the configuration names file, line, column and the nearest key, and nothing is done', async () => {
  await cli.run(['init']);
  await writeFile(join(cli.home, 'meshclaw.yaml'), 'policy:\n  pack: homelab\nevidenec:\n  folder: /tmp\n');
  const { code, stdout, stderr } = await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`${join(cli.home, 'meshclaw.yaml')}:3:1: unknown key "evidenec"`);
  expect(stderr).toContain('did you mean "evidence"?');
});

test('an error of the inventory is one too, and an object with --json', async () => {
  await cli.run(['init']);
  await writeFile(join(cli.home, 'inventory.yaml'), 'servers:\n  a:\n    reach: [{executor: lcoal}]\n');
  const { code, stdout } = await cli.run(['config', 'show', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    kind: 'meshclaw.invalid_configuration',
    facts: { problems: [{ line: 3, column: 14, nearest: 'local' }] },
  });
});

test.each(['meshclaw.yaml', 'inventory.yaml', 'approvers', 'policies/rules/file/mine/mine.rego'])(
  '%s that others may write to is refused with the remedy',
  async (name) => {
    await cli.run(['init']);
    const path = join(cli.home, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '', { flag: 'a' });
    await chmod(path, 0o666);
    const { code, stdout, stderr } = await cli.run(['config', 'show']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`chmod go-w ${path}`);
  },
);

test('a home that others may write to is refused with the remedy', async () => {
  await mkdir(cli.home);
  await chmod(cli.home, 0o777);
  const { code, stderr } = await cli.run(['evidence', 'list']);
  expect(code).toBe(2);
  expect(stderr).toContain(`chmod go-w ${cli.home}`);
});

test('a home that cannot be made is said to be so', async () => {
  await writeFile(cli.home, '');
  const { code, stderr } = await cli.run(['init']);
  expect(code).toBe(2);
  expect(stderr).toContain('meshclaw.home_unusable');
});

test('a home that is read-only is said to be so', async (context) => {
  if (!isRoot) context.skip('playing another user needs root');
  await chmod(cli.folder, 0o755);
  const { code, stderr } = await cli.run(['init'], { uid: NOBODY });
  expect(code).toBe(2);
  expect(stderr).toContain('meshclaw.home_unusable');
  expect(stderr).toContain('permission denied');
});

test('rules that do not compile deny everything, with their place', async () => {
  await cli.run(['init']);
  const folder = join(cli.home, 'policies', 'rules', 'file', 'mine');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'mine.rego'), 'package meshclaw.rules.file.mine\n\ndeny contains if {\n');
  const { code, stdout, stderr } = await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('meshclaw.policy_unavailable');
  expect(stderr).toContain('mine.rego');
});
