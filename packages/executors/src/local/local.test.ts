import { getEventListeners } from 'node:events';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallOptions, CommandAction, ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineIdentity, parseMachineId, parsePlatformUuid } from './identity.js';
import { local } from './index.js';
import { argvFor } from './start.js';

const bounds: CallOptions = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 65_536 };
const login = (argv: CommandAction['argv']): CommandAction => ({ kind: 'command', argv, as: 'login' });
let folder: string;
let session: ExecutorSession;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-local-'));
  session = (await local().open({}, bounds))._unsafeUnwrap();
});
afterAll(() => rm(folder, { recursive: true }));

const errorOf = async (action: CommandAction) => (await session.perform(action, bounds))._unsafeUnwrapErr();

describe('what a command sees of this process', () => {
  it('is a constant search path, the C locale and the home of the account', async () => {
    const outcome = (await session.perform(login(['env']), bounds))._unsafeUnwrap();
    const names = 'stdout' in outcome ? outcome.stdout?.text.match(/^[A-Z_]+(?==)/gm)?.sort() : [];
    expect(names).toEqual(['HOME', 'LC_ALL', 'PATH']);
  });

  it('is not the home that the environment claims', async () => {
    const before = process.env.HOME;
    process.env.HOME = '/nowhere';
    const outcome = await session.perform(login(['sh', '-c', 'printf %s "$HOME"']), bounds);
    process.env.HOME = before;
    expect(outcome._unsafeUnwrap()).not.toMatchObject({ stdout: { text: '/nowhere' } });
  });
});

describe('what certainly did not start', () => {
  it('is a program that is not there', async () => {
    expect((await errorOf(login([join(folder, 'absent')]))).kind).toBe('not_started');
  });

  it('is a program that may not be run', async () => {
    await writeFile(join(folder, 'plain'), 'echo hello\n');
    await chmod(join(folder, 'plain'), 0o644);
    expect((await errorOf(login([join(folder, 'plain')]))).kind).toBe('not_started');
  });

  it('is anything in a directory that is not there', async () => {
    expect((await errorOf({ ...login(['true']), cwd: join(folder, 'absent') })).kind).toBe('not_started');
  });

  it('is a list of words beyond what the system takes', async () => {
    const words = Array.from({ length: 100 }, () => 'x'.repeat(100_000));
    expect((await errorOf(login(['true', ...words]))).kind).toBe('unsupported');
  });

  it('is an empty program name or a broken character', async () => {
    expect((await errorOf(login(['']))).kind).toBe('unsupported');
    expect((await errorOf(login(['printf', '\ud800']))).kind).toBe('unsupported');
  });
});

describe('root', () => {
  const action: CommandAction = { kind: 'command', argv: ['id', '-u'], as: 'root' };

  it('is the login itself where that is root', () => {
    expect(argvFor(action, 0)).toEqual(['id', '-u']);
  });

  it('is asked of sudo without a password elsewhere', () => {
    expect(argvFor(action, 1000)).toEqual(['sudo', '-n', '--', 'id', '-u']);
  });
});

describe('the identity', () => {
  it('is the same each time and does not tell the raw machine id', async () => {
    expect(await machineIdentity()).toMatch(/^local:([0-9a-f]{32}|hostname:.+)$/);
    expect(await machineIdentity()).toBe(await machineIdentity());
  });

  it('takes no empty, zero or uninitialised machine id', () => {
    expect(['', '\n', 'uninitialized\n', '0'.repeat(32)].map(parseMachineId)).toEqual(Array(4).fill(undefined));
    expect(parseMachineId('0123456789ABCDEF0123456789abcdef\n')).toBe('0123456789abcdef0123456789abcdef');
  });

  it('reads the hardware id that macOS prints', () => {
    const line = '    "IOPlatformUUID" = "AABBCCDD-0011-2233-4455-66778899AABB"\n';
    expect(parsePlatformUuid(line)).toBe('aabbccdd-0011-2233-4455-66778899aabb');
    expect(parsePlatformUuid('')).toBeUndefined();
  });
});

describe('after many commands', () => {
  it('leaves no timer, process or listener behind', async () => {
    const cancel = new AbortController();
    const handles = () => process.getActiveResourcesInfo().filter((name) => /Process|Pipe|Timeout/.test(name)).length;
    const before = handles();
    await symlink('/bin/true', join(folder, 'done'));
    for (let round = 0; round < 20; round += 1)
      (await session.perform(login([join(folder, 'done')]), { ...bounds, signal: cancel.signal }))._unsafeUnwrap();
    expect(handles()).toBeLessThanOrEqual(before + 1);
    expect(getEventListeners(cancel.signal, 'abort')).toEqual([]);
  });

  it('marks output as cut while somebody left behind may still print', async () => {
    const outcome = (await session.perform(login(['sh', '-c', 'sleep 3 & printf x']), bounds))._unsafeUnwrap();
    expect(outcome).toMatchObject({ kind: 'exited', stdout: { text: 'x', cut: true } });
  });
});
