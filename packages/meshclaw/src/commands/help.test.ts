import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';
import { HELP, VERSION } from './help.gen.js';
import { COMMANDS } from './registry.gen.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

test.each([[[]], [['--help']], [['-h']], [['help']]])('%j prints the overview', async (words) => {
  expect(await cli.run(words)).toEqual({ code: 0, stdout: HELP[''], stderr: '' });
});

test('help of a command comes from its own data, wherever --help stands', async () => {
  for (const words of [
    ['approvals', 'grant', '--help'],
    ['approvals', 'grant', 'appr-1', '--help'],
    ['help', 'approvals', 'grant'],
  ]) {
    expect(await cli.run(words)).toEqual({ code: 0, stdout: HELP['approvals grant'], stderr: '' });
  }
});

test('--help behind -- belongs to the command that is run', async () => {
  const { code, stderr } = await cli.run(['run', 'nowhere', '--', 'ls', '--help']);
  expect(code).toBe(2);
  expect(stderr).toContain('unknown_target');
});

test('a group alone prints its commands and is a usage error', async () => {
  const { code, stdout, stderr } = await cli.run(['approvals']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(HELP.approvals);
});

test('the version is the package’s', async () => {
  expect((await cli.run(['version'])).stdout).toBe(`${VERSION}\n`);
  expect((await cli.run(['--version'])).stdout).toBe(`${VERSION}\n`);
  expect(JSON.parse((await cli.run(['version', '--json'])).stdout)).toMatchObject({ version: VERSION });
});

test('an unknown command is answered with the nearest one', async () => {
  const { code, stdout, stderr } = await cli.run(['evidence-lits']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('did you mean "evidence-list"?');
});

test('every command has help, an example of itself and a body that says the same', async () => {
  for (const { load, ...data } of COMMANDS) {
    const { run: _, ...own } = (await load()).command;
    expect(own).toEqual(data);
    expect(HELP[data.name]).toContain(`example: meshclaw ${data.name}`);
  }
});
