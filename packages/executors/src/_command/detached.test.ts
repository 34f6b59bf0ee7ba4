// The script that keeps detached commands, run as it stands by whatever shells there are, in a home of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { capturedOutput } from '../_output/output.js';
import { DETACHED, SURE_MS } from './detached-script.js';
import { followed, followWords, startWords, whyNotDetached } from './detached-words.js';
import { ENVIRONMENT } from './environment.js';

const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '']) => spawnSync(program, ['-c', ':']).error === undefined,
);
const ID = 'exec-0123456789ab';
let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'meshclaw-detached-'));
  folder = join(home, '.meshclaw-executions', ID);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const bounds = { executionId: ID, timeoutMs: 20_000, maxOutputBytes: 4_096 };
function say(words: readonly string[], [program = 'sh', ...options]: readonly string[] = ['sh']): string {
  const environment = { ...ENVIRONMENT, HOME: home };
  const all = [...options, '-c', DETACHED, 'meshclaw', ...words];
  const { stdout } = spawnSync(program, all, { env: environment, encoding: 'utf8' });
  return /\n@@mark (.*)\n/.exec(stdout)?.[1] ?? `silent: ${stdout}`;
}
const start = (text: string, waitMs: number, shell?: readonly string[], id = ID) =>
  say(
    startWords({ kind: 'command', argv: ['sh', '-c', text], as: 'login' }, 'mark', waitMs, {
      ...bounds,
      executionId: id,
    }),
    shell,
  );
const ask = (verb: 'follow' | 'stop' | 'forget', waitMs = 20_000, shell?: readonly string[]) =>
  say(followWords(verb, 'mark', ID, waitMs), shell);
const processOf = (name: 'keeper' | 'command') => readFileSync(join(folder, name), 'utf8').trim().split(' ');
const kill = (pid: string | undefined) => execFileSync('kill', ['-KILL', String(pid)]);

describe.each(SHELLS)('kept by %s', (...shell) => {
  it('a command is started, followed, stopped and forgotten', () => {
    expect(start('exit 5', 20_000, shell)).toMatch(/^ended 5 \d+ none 0$/);
    expect(ask('forget', 0, shell)).toBe('forgotten');
    expect(existsSync(join(home, '.meshclaw-executions'))).toBe(false);
    expect(start('sleep 60', 0, shell)).toBe('running');
    expect(ask('forget', 0, shell)).toBe('running');
    expect(ask('stop', 20_000, shell)).toMatch(/^ended \d+ \d+ stopped \d$/);
  });
});

describe('a keeper that is gone', () => {
  it('leaves an end that nobody saw, once its command is gone as well', async () => {
    expect(start('sleep 60', 0)).toBe('running');
    await vi.waitUntil(() => existsSync(join(folder, 'command')), { timeout: 20_000 });
    const [command] = processOf('command');
    kill(processOf('keeper')[0]);
    expect(ask('follow', 0)).toBe('running');
    kill(command);
    expect(ask('follow')).toBe('lost killed');
  });
  it('is not taken for another process that has its id now', () => {
    expect(start('sleep 60', 0)).toBe('running');
    ask('stop');
    rmSync(join(folder, 'end'));
    const [, , boot] = processOf('keeper');
    for (const name of ['keeper', 'command']) writeFileSync(join(folder, name), `${process.pid} 1 ${boot}\n`);
    expect(ask('follow')).toBe('lost killed');
  });
  it('is known to have gone with its machine', () => {
    expect(start('sleep 60', 0)).toBe('running');
    ask('stop');
    rmSync(join(folder, 'end'));
    const [pid, since] = processOf('keeper');
    for (const name of ['keeper', 'command']) writeFileSync(join(folder, name), `${pid} ${since} another-boot\n`);
    expect(ask('follow')).toBe('lost rebooted');
  });
});

describe('what is kept', () => {
  it('is read by its account alone', () => {
    start('printf secret', 20_000);
    expect(execFileSync('find', [folder, '-perm', '/077'], { encoding: 'utf8' })).toBe('');
    expect(existsSync(join(folder, 'words'))).toBe(false);
  });
  it('is removed after a week, by the next that is started', () => {
    const old = join(home, '.meshclaw-executions', 'exec-old');
    mkdirSync(old, { recursive: true });
    const then = Date.now() / 1_000 - 9 * 86_400;
    utimesSync(old, then, then);
    start('true', 20_000);
    expect([existsSync(old), existsSync(folder)]).toEqual([false, true]);
  });
  it('is bounded: an account that keeps too much runs nothing more detached', () => {
    for (let kept = 0; kept < 256; kept += 1)
      mkdirSync(join(home, '.meshclaw-executions', `exec-${kept}`), { recursive: true });
    expect(start('true', 20_000)).toBe('no-place');
  });
  it('goes nowhere else by a link', () => {
    execFileSync('ln', ['-s', tmpdir(), join(home, '.meshclaw-executions')]);
    expect(start('true', 20_000)).toBe('no-place');
  });
});

describe('what was said means', () => {
  const meant = (said: string, startedMsAgo = 0) => followed(said, capturedOutput(16), startedMsAgo, 1);
  it('that it never began, only where the machine is up since before and folders are kept that long', () => {
    expect(meant('absent 5000', 1_000)._unsafeUnwrap()).toEqual({ kind: 'absent' });
    expect(meant('absent 5000', 9_000)._unsafeUnwrap().kind).toBe('unknown');
    expect(meant('absent 0', 1)._unsafeUnwrap().kind).toBe('unknown');
    expect(meant(`absent ${2 * SURE_MS}`, SURE_MS)._unsafeUnwrap().kind).toBe('unknown');
  });
  it('unknown, where it means nothing', () => {
    expect(meant('hello')._unsafeUnwrap().kind).toBe('unknown');
    expect(meant('unknown')._unsafeUnwrap().kind).toBe('unknown');
  });
});

it('refuses ids that name no folder of their own, and words that no system runs', () => {
  const wanted = { kind: 'command', argv: ['true'], as: 'login' } as const;
  expect(whyNotDetached(wanted, bounds)).toBeUndefined();
  for (const executionId of ['', '..', 'exec-../../x', 'exec-', 'run-0123456789ab'])
    expect(whyNotDetached(wanted, { ...bounds, executionId })).toMatch(/^invalid execution/);
  expect(whyNotDetached({ ...wanted, argv: ['a\0'] }, bounds)).toMatch(/NUL/);
});
