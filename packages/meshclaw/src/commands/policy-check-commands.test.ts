import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

// Each command is a process of its own, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const check = (...words: string[]) => cli.run(['policy', 'check', ...words]);

test('one command is explained in words, with what to ask for instead', async () => {
  const stopped = await check('--command', 'journalctl -f | grep x', '--fail-on', 'approval_required');
  expect([stopped.code, stopped.stdout.split('\n')[0]]).toEqual([1, 'approval_required']);
  expect(stopped.stdout).toContain('instead: command.run (journalctl -n 200 --no-pager: ');
  expect(stopped.stdout).toContain('journalctl: wait');
  const read = await check('--command', 'df -h');
  expect([read.code, read.stdout.split('\n')[0]]).toEqual([0, 'read_state']);
  expect(read.stdout).not.toContain('instead:');
  expect((await check('--command', 'cat /etc/shadow')).stdout).not.toContain('instead:');
});

test('a batch is answered line by line in order, and a bad line is a deny that stops nothing', async () => {
  const lines = ['{"id":"a","command":"df -h"}', 'no json', '{"id":"b"}', '{"id":"c","command":"systemctl restart x"}'];
  const { code, stdout } = await cli.run(['policy', 'check', '--commands', '-'], { stdin: `${lines.join('\n')}\n` });
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(answers).toMatchObject([
    { id: 'a', effect: 'read_state', class: 'read', effects: [] },
    { id: '', effect: 'deny', reasons: [{ rule: 'policy.invalid_request' }], effects: [] },
    { id: 'b', effect: 'deny', reasons: [{ rule: 'policy.invalid_request' }] },
    { id: 'c', class: 'write', alternative: { operation: 'service.restart' } },
  ]);
});

test('the answer is the one that run gives', async () => {
  for (const text of ['df -h', 'rm -rf /srv/a', 'tail -f /var/log/syslog', 'cat /etc/shadow', 'frobnicate']) {
    const asked = JSON.parse((await check('--command', text, '--json')).stdout);
    const { decision } = JSON.parse((await cli.run(['run', 'localhost', text, '--dry-run', '--json'])).stdout);
    const { effect, class: of, alternative } = decision;
    expect([asked.effect, asked.class, asked.alternative]).toEqual([effect, of, alternative]);
  }
});

test('two kinds of input, and a shell that is none, are usage errors', async () => {
  expect((await check('--command', 'df', '--commands', '-')).code).toBe(2);
  expect((await check('--command', 'df', '--shell', 'zsh')).code).toBe(2);
});
