import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './files.js';

const elsewhere = mkdtempSync(join(tmpdir(), 'meshclaw-scripts-'));
afterAll(() => rmSync(elsewhere, { recursive: true }));

const run = (program: string, ...argv: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, [...argv], {
    cwd: elsewhere,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
};

describe('script/meshclaw', () => {
  const link = join(elsewhere, 'mc');
  symlinkSync(join(root, 'script/meshclaw'), link);

  it('runs the command from any folder and through a link, and puts nothing of its own on stdout', {
    timeout: 120_000,
  }, () => {
    const { version } = JSON.parse(readFileSync(join(root, 'packages/meshclaw/package.json'), 'utf8'));
    expect(run(link, 'version')).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it('keeps the exit code of the command', { timeout: 120_000 }, () => {
    expect(run(link, 'no-such-command')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('script/generate new', () => {
  it.each([
    ['a kind it does not know', ['sandwich', 'demo'], 'One of: executor, workflow, rule, tool'],
    ['a tool that is there already', ['tool', 'policy-check'], 'is there already'],
    ['an id that is a path', ['workflow', '../demo'], 'looks like two-words'],
    ['a rule without its noun', ['rule', 'demo'], 'looks like service.rule_name'],
    ['a folder that is there', ['executor', 'local'], 'is there already'],
  ])('refuses %s', (_what, words, why) => {
    const { status, stdout, stderr } = run(join(root, 'script/generate'), 'new', ...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(existsSync(join(root, 'packages/workflows/demo'))).toBe(false);
  });
});

describe('script/test', () => {
  it.each([['no-such-level'], ['--long'], ['unit --long name']])('refuses %s and says what there is', (words) => {
    const { status, stderr } = run(join(root, 'script/test'), ...words.split(' '));
    expect(status).toBe(2);
    expect(stderr).toMatch(/levels: types lint .* packaging/);
  });
});
