/** The built command, as Claude Code would start it. Exit code 2 blocks a call, every other one that is not 0 lets it through. */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type Ended, type TestCli } from '../../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const call = (command: string, more: object = {}) =>
  JSON.stringify({
    hook_event_name: 'PreToolUse',
    session_id: 'abc123',
    cwd: cli.folder,
    permission_mode: 'default',
    tool_name: 'Bash',
    tool_input: { command },
    ...more,
  });
const hook = (stdin: string, ...words: string[]): Promise<Ended> =>
  cli.run(['hook', 'claude-code', ...words], { stdin });
const said = ({ stdout }: Ended): string =>
  (JSON.parse(stdout) as { hookSpecificOutput: { permissionDecision: string } }).hookSpecificOutput.permissionDecision;

test('allows, asks and blocks without a home, by the shipped policy', async () => {
  const allowed = await hook(call('ls -la'));
  expect([allowed.code, said(allowed), allowed.stderr]).toEqual([0, 'allow', '']);
  const asked = await hook(call('npm install left-pad'));
  expect([asked.code, said(asked)]).toEqual([0, 'ask']);
  const denied = await hook(call('rm -rf /'));
  expect([denied.code, said(denied)]).toEqual([2, 'deny']);
  expect(denied.stderr).toContain('command.catastrophic');
});

test('blocks what a person would be asked about where nobody can be asked', async () => {
  expect((await hook(call('npm install left-pad'), '--never-ask')).code).toBe(2);
  expect((await hook(call('npm install left-pad', { permission_mode: 'bypassPermissions' }))).code).toBe(2);
});

test('keeps each decision as evidence where there is a home, and obeys its freeze', async () => {
  await cli.run(['init']);
  expect(said(await hook(call('ls -la')))).toBe('allow');
  expect(said(await hook(call('npm install left-pad')))).toBe('ask');
  await cli.run(['freeze', '--reason', 'a test']);
  expect((await hook(call('npm install left-pad'))).code).toBe(2);
  const listed = await cli.run(['evidence', 'list', '--type', 'decision.made', '--json']);
  expect(JSON.parse(listed.stdout).records).toMatchObject(
    ['deny', 'approval_required', 'read_state'].map((effect) => ({
      operation: 'command.run',
      target: 'localhost',
      body: { effect, mode: 'execute', request: { action: { properties: { tool: 'Bash' } } } },
    })),
  );
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
});

test('blocks when it is handed nothing, half a call or another event', async () => {
  for (const stdin of ['', call('ls').slice(0, -2), call('ls', { hook_event_name: 'Stop' })]) {
    const { code, stderr } = await hook(stdin);
    expect(code).toBe(2);
    expect(stderr).toContain('meshclaw:');
  }
});

test('blocks when the words are wrong', async () => {
  expect((await hook(call('ls'), '--allow-everything')).code).toBe(2);
});

test('blocks when the home, its rules or its ledger cannot be used, and says where it is wrong', async () => {
  await cli.run(['init']);
  await mkdir(join(cli.home, 'policies/rules/any'), { recursive: true, mode: 0o700 });
  await writeFile(join(cli.home, 'policies/rules/any/broken.rego'), 'package meshclaw.rules.any.broken\nnot rego', {
    mode: 0o600,
  });
  const broken = await hook(call('ls'));
  expect([broken.code, broken.stdout]).toEqual([2, '']);
  expect(broken.stderr).toContain('broken.rego:2');

  await writeFile(join(cli.home, 'policies/rules/any/broken.rego'), '', { mode: 0o600 });
  await chmod(cli.home, 0o777);
  expect((await hook(call('ls'))).code).toBe(2);
});

test('blocks when the ledger is no ledger', async () => {
  await cli.run(['init']);
  await hook(call('ls'));
  await writeFile(join(cli.home, 'ledger.db'), 'not a database', { mode: 0o600 });
  const { code, stdout } = await hook(call('ls'));
  expect([code, stdout]).toEqual([2, '']);
});
