import type { ExecutorSession } from '@meshclaw/core';
import { local } from '@meshclaw/executors/local';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '../_testing/index.js';
import { commandRun } from './command.js';

describe('command.run', () => {
  let session: ExecutorSession;
  beforeAll(async () => {
    const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000 };
    session = (await local().open({}, bounds))._unsafeUnwrap();
  });

  it('answers what a command printed and its exit code, whatever that is', async () => {
    const argv = ['sh', '-c', 'printf out; printf err >&2; exit 75'];
    expect(await outputOf(session, commandRun, { argv })).toMatchObject({
      exitCode: 75,
      stdout: 'out',
      stderr: 'err',
      stdoutBytes: 3,
      cut: false,
    });
  });

  it('runs words and no shell text', async () => {
    const { stdout } = await outputOf(session, commandRun, { argv: ['printf', '%s|', '$HOME', 'a b', ''] });
    expect(stdout).toBe('$HOME|a b||');
  });

  it.each(['sh', 'bash'] as const)('runs text in %s, byte for byte', async (shell) => {
    const text = 'printf "%s|" "$0" \'a  b\'; printf %s "${BASH_VERSION:+bash}"';
    const { stdout } = await outputOf(session, commandRun, { text, shell });
    expect(stdout).toBe(`${shell}|a  b|${shell === 'bash' ? 'bash' : ''}`);
  });

  it.each([
    [{ text: 'id', argv: ['id'] }],
    [{}],
    [{ argv: ['id'], shell: 'sh' }],
    [{ text: 'id', shell: 'zsh' }],
    [{ text: '' }],
  ])('takes words or text, and a shell only for text: not %j', (input) => {
    expect(commandRun.input.safeParse(input).success).toBe(false);
  });

  it('runs in a directory', async () => {
    expect((await outputOf(session, commandRun, { argv: ['pwd'], cwd: '/usr' })).stdout).toBe('/usr\n');
  });

  it('says when text was left out', async () => {
    const { cut, stdoutBytes } = await outputOf(session, commandRun, { argv: ['head', '-c', '2000000', '/dev/zero'] });
    expect([cut, stdoutBytes]).toEqual([true, 2_000_000]);
  });

  it.each([[[]], [['']], [['a\0b']], [['\ud800']]])('takes no words %j', (argv) => {
    expect(commandRun.input.safeParse({ argv }).success).toBe(false);
  });

  it('leaves its class to policy and cannot be verified or undone', () => {
    expect(commandRun.class).toBe('judged');
    expect(commandRun.change).toMatchObject({
      observes: { operation: { name: 'file.digest' } },
      verify: { none: expect.any(String) },
      undo: { none: expect.any(String) },
    });
  });
});
