import { chmod, lstat, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorSession, JsonValue } from '@meshclaw/core';
import { exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEBIAN, exitOf, installApplets, outputOf } from '../_testing/index.js';
import { fileChmod, fileStat } from './file.js';

const BUSYBOX = { ...DEBIAN, userland: 'busybox' as const };
const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000 };
const session: ExecutorSession = (await local().open({}, bounds))._unsafeUnwrap();
// Without a BusyBox on the machine its half of the tests is left out.
const applets = await installApplets(session);
const TOOLS = [
  { name: 'GNU', tools: { platform: DEBIAN } },
  ...(applets ? [{ name: 'BusyBox', tools: { platform: BUSYBOX, applets } }] : []),
];
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-file-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  if (applets) await rm(applets.folder, { recursive: true });
});
beforeEach(async () => {
  path = join(folder, "it's a $file; `id` -- ");
  await rm(path, { recursive: true, force: true });
  await writeFile(path, 'twelve bytes', { mode: 0o644 });
});
const modeOf = async (file: string) => ((await lstat(file)).mode & 0o7777).toString(8);
const observed = async (file: string, tools: (typeof TOOLS)[number]['tools']) => {
  const { observes } = fileChmod.change ?? {};
  if (observes === undefined || 'none' in observes) throw new Error('nothing is observed');
  return observes.pick(await outputOf(session, fileStat, { path: file }, tools));
};

describe.each(TOOLS)('file.stat with $name tools', ({ tools }) => {
  it('tells what node tells of the same file', async () => {
    const stat = await lstat(path, { bigint: true });
    expect(await outputOf(session, fileStat, { path }, tools)).toMatchObject({
      exists: true,
      type: 'file',
      mode: '0644',
      sizeBytes: 12,
      uid: Number(stat.uid),
      device: String(stat.dev),
      inode: String(stat.ino),
      links: 1,
      modifiedAt: new Date(Number(stat.mtimeMs / 1000n) * 1000).toISOString(),
    });
  });

  it('tells a symbolic link as itself, a directory, a device and set-id bits', async () => {
    await rm(path);
    await symlink('/etc/passwd', path);
    expect(await outputOf(session, fileStat, { path }, tools)).toMatchObject({ type: 'symlink' });
    expect(await outputOf(session, fileStat, { path: '/tmp' }, tools)).toMatchObject({
      type: 'directory',
      mode: '1777',
    });
    expect(await outputOf(session, fileStat, { path: '/dev/null' }, tools)).toMatchObject({ type: 'character_device' });
  });

  it('answers that a missing file is missing, also below a file', async () => {
    expect(await outputOf(session, fileStat, { path: join(folder, 'absent') }, tools)).toEqual({ exists: false });
    expect(await outputOf(session, fileStat, { path: '/etc/passwd/below' }, tools)).toEqual({ exists: false });
  });

  it('fails instead of calling a file missing when it could not look', async () => {
    const long = `/${'x'.repeat(300)}/: No such file or directory`;
    expect((await exitOf(session, fileStat, { path: long }, tools)).exitCode).toBe(1);
  });
});

describe.each(TOOLS)('file.chmod with $name tools', ({ tools }) => {
  const set = async (mode: string, before: JsonValue) =>
    exitOf(session, fileChmod, { path, mode }, { ...tools, before });

  it('sets the mode of the file that was observed', async () => {
    expect((await set('600', await observed(path, tools))).stdout.text).toBe('changed\n');
    expect(await modeOf(path)).toBe('600');
  });

  it('sets exactly the mode of a directory, set-id bits included', async () => {
    await rm(path);
    await mkdir(path);
    await chmod(path, 0o2775);
    await set('750', await observed(path, tools));
    expect(await modeOf(path)).toBe('750');
  });

  it.each([
    ['its mode has changed', () => chmod(path, 0o640)],
    ['it is gone', () => rm(path)],
    [
      'another file has taken its place',
      async () => {
        await writeFile(`${path}.new`, 'twelve bytes', { mode: 0o644 });
        await rename(`${path}.new`, path);
      },
    ],
    [
      'a symbolic link has taken its place',
      async () => {
        await rm(path);
        await writeFile(join(folder, 'victim'), '', { mode: 0o644 });
        await symlink(join(folder, 'victim'), path);
      },
    ],
  ])('changes nothing and exits 75 when %s', async (_, change) => {
    const before = await observed(path, tools);
    await change();
    const modeBefore = await modeOf(path).catch(() => 'gone');
    expect((await set('777', before)).exitCode).toBe(75);
    expect(await modeOf(path).catch(() => 'gone')).toBe(modeBefore);
    expect(await modeOf(join(folder, 'victim')).catch(() => '644')).toBe('644');
  });
});

describe('file.chmod', () => {
  const input = { path: '/srv/file', mode: '600', as: 'login' as const };
  const before = { exists: true, type: 'file', mode: '0644', uid: 0, gid: 0, device: '1', inode: '2' };
  const { verify, undo } = fileChmod.change ?? {};

  it('is not to be had for what is missing and for a symbolic link', () => {
    for (const found of [{ exists: false }, { ...before, type: 'symlink' }])
      expect(fileChmod.action(input, DEBIAN, found).kind).toBe('unsupported');
  });

  it('holds only when the same file has the mode', () => {
    if (verify === undefined || 'none' in verify) throw new Error('nothing is verified');
    const holds = (after: object) => verify.holds(after, { input, before });
    expect(holds({ ...before, mode: '0600' })).toBe(true);
    expect(holds({ ...before, mode: '0644' })).toBe(false);
    expect(holds({ ...before, mode: '0600', inode: '3' })).toBe(false);
    expect(holds({ exists: false })).toBe(false);
  });

  it('is undone by the mode the file had', () => {
    if (typeof undo !== 'function') throw new Error('there is no undo');
    expect(undo({ input, before })).toEqual({
      operation: fileChmod,
      input: { path: '/srv/file', mode: '0644', as: 'login' },
    });
  });

  it('observes nothing that changes by itself', async () => {
    const tools = { platform: DEBIAN };
    const first = await observed(path, tools);
    await writeFile(path, 'more bytes than before');
    expect(await observed(path, tools)).toEqual(first);
  });

  it.each(['7', '88', '0o644', 'u+x', '10644', ''])('takes no mode %j', (mode) => {
    expect(fileChmod.input.safeParse({ path: '/a', mode }).success).toBe(false);
  });

  it.each(['a', '', '/a/../b', '/a/..', '/a\nb', '/a/', '//a', '/a/./b', '/a\u0000'])('takes no path %j', (bad) => {
    expect(fileChmod.input.safeParse({ path: bad, mode: '644' }).success).toBe(false);
  });
});

describe('what stat prints', () => {
  it.each(['', 'exists=1\n', 'exists=1\nraw=0\ndevice=1\ninode=2\n', 'Permission denied\n'])(
    'is no answer as %j',
    (text) => {
      const parsed = fileStat.parse(exited(text), { path: '/a', as: 'login' }, DEBIAN);
      expect(parsed._unsafeUnwrapErr().kind).toBe('unparseable_output');
    },
  );

  it('is octal where the tools are those of a BSD', () => {
    const text =
      'exists=1\nraw=100644\ndevice=16777220\ninode=4\nlinks=1\nuid=501\ngid=20\nsize=5\nmtime=0\nowner=dana\ngroup=20\n';
    const parsed = fileStat.parse(exited(text), { path: '/a', as: 'login' }, { ...DEBIAN, userland: 'bsd' });
    expect(parsed._unsafeUnwrap()).toMatchObject({ type: 'file', mode: '0644', owner: 'dana', group: null });
  });
});
