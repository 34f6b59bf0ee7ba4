import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEBIAN, exitOf, installApplets, outputOf } from '../_testing/index.js';
import { kindOf } from './_disk/kind.js';
import { diskLargest, diskUsage, isStorage } from './disk.js';

const fixture = (name: string) =>
  readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8').replace(/^#.*\n/, '');
const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000 };
const session = (await local().open({}, bounds))._unsafeUnwrap();
// Without a BusyBox on the machine its half of the tests is left out.
const applets = await installApplets(session);
const BUSYBOX = { ...DEBIAN, userland: 'busybox' as const };
const TOOLS = [
  { name: 'GNU', tools: { platform: DEBIAN } },
  ...(applets ? [{ name: 'BusyBox', tools: { platform: BUSYBOX, applets } }] : []),
];
afterAll(() => applets && rmSync(applets.folder, { recursive: true }));

const told = (sizes: string, inodes = '', mounts = '', exit = 0) =>
  `== sizes\n${sizes}== sizes exit ${exit}\n== inodes\n${inodes}== mounts\n${mounts}== end\n`;
const read = (text: string) =>
  diskUsage.parse(exited(text), {}, DEBIAN).map((output) => diskUsage.output.parse(output));

describe('disk.usage', () => {
  it.each([
    ['GNU', 'gnu'],
    ['BusyBox', 'busybox'],
  ])('reads what df of %s prints', (_, kind) => {
    const text = told(fixture(`df-${kind}.txt`), fixture(`df-inodes-${kind}.txt`), fixture('mounts.txt'));
    const { mounts, unread, complete } = read(text)._unsafeUnwrap();
    expect([unread, complete]).toEqual([0, true]);
    expect(mounts.map(({ mount, type }) => [mount, type])).toEqual([
      ['/', 'ext4'],
      ['/dev', 'devtmpfs'],
      ['/dev/shm', 'tmpfs'],
    ]);
    expect(mounts[0]).toMatchObject({ source: '/dev/vda', sizeKib: 264_212_084, usedPercent: 15.5, readOnly: false });
    expect(mounts[0]?.inodes).toMatchObject({ total: 16_777_216, usedPercent: 2.9 });
  });

  it('reads blanks in the names of devices and mount points', () => {
    const { mounts } = read(told(fixture('df-blanks-gnu.txt'), '', fixture('mounts-blanks.txt')))._unsafeUnwrap();
    expect(mounts).toMatchObject([{ source: 'odd source', mount: '/srv/my files/data disk', type: 'tmpfs' }]);
  });

  it('reads the machine the test runs on', async () => {
    const { mounts } = await outputOf(session, diskUsage, {});
    const root = mounts.find(({ mount }) => mount === '/');
    expect(root?.sizeKib).toBeGreaterThan(0);
    expect(root && isStorage(root)).toBe(true);
  });

  it('reads the same machine with nothing but BusyBox', async (context) => {
    if (!applets) context.skip('busybox is not here');
    const [gnu, small] = [
      await outputOf(session, diskUsage, {}),
      await outputOf(session, diskUsage, {}, { ...(applets ? { applets } : {}) }),
    ];
    expect(small.mounts.map(({ mount, sizeKib }) => [mount, sizeKib])).toEqual(
      gnu.mounts.map(({ mount, sizeKib }) => [mount, sizeKib]),
    );
  });

  it('says that nothing is left for others when only the reserve of root remains', () => {
    const line = '/dev/sda1 1000 990 -40 101% /\n';
    expect(read(told(`Filesystem\n${line}`))._unsafeUnwrap().mounts[0]).toMatchObject({
      availableKib: 0,
      usedPercent: 100,
    });
  });

  it('counts lines it could not read and says that df could not ask all', () => {
    const text = told('Filesystem\n/dev/sda1 1000 500 500 50% /\nmap auto_home - - - - /home\n', '', '', 1);
    expect(read(text)._unsafeUnwrap()).toMatchObject({ unread: 1, complete: false });
  });

  it('keeps facts of what can fill up, and of nothing that is always full', () => {
    const text = told(
      'Filesystem\n/dev/sda1 1000 500 500 50% /\n/dev/loop1 100 100 0 100% /snap/core\noverlay 1000 500 500 50% /var/lib/docker/x\n',
      '',
      '/dev/sda1 / ext4 rw 0 0\n/dev/loop1 /snap/core squashfs ro 0 0\noverlay /var/lib/docker/x overlay rw 0 0\n',
    );
    const facts = diskUsage.facts?.(read(text)._unsafeUnwrap(), {}) ?? [];
    expect(facts).toEqual([
      { name: 'disk.used_percent:/', value: 50, unit: 'percent' },
      { name: 'disk.available:/', value: 500, unit: 'KiB' },
    ]);
  });

  it.each([
    ['empty', ''],
    ['cut short', told(fixture('df-gnu.txt')).replace('== end\n', '')],
    ['without a filesystem', told('Filesystem 1024-blocks Used Available Capacity Mounted on\n')],
  ])('is no answer when the output is %s', (_, text) => {
    expect(read(text)._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });
});

describe.each(TOOLS)('disk.largest with $name tools', ({ tools }) => {
  const top = mkdtempSync(join(tmpdir(), 'meshclaw-disk-'));
  const file = (name: string, kib: number) => {
    mkdirSync(join(top, name, '..'), { recursive: true });
    writeFileSync(join(top, name), Buffer.alloc(kib * 1024, 'x'));
  };
  beforeAll(() => {
    file('logs/app.log', 400);
    file('logs/deep/er/old.log.2.gz', 100);
    file('data/model.gguf', 800);
    file('data/it\'s "odd" $(id) `x` \\t & more.bin', 200);
    file('data/line\nf\t999999\t1\t0\t/forged', 300);
    file('data/tab\there', 4);
    file('data/ends with a line\n', 8);
    linkSync(join(top, 'data/model.gguf'), join(top, 'logs/second-name'));
    symlinkSync('/usr', join(top, 'link'));
  });
  afterAll(() => rmSync(top, { recursive: true }));
  const largest = (input: object = {}) => outputOf(session, diskLargest, { path: top, ...input }, tools);

  it('sums up as du does', async () => {
    const kib = Number(execFileSync('du', ['-skx', top], { encoding: 'utf8' }).split('\t')[0]);
    expect(await largest()).toMatchObject({ totalKib: kib, complete: true, unreadable: { count: 0 } });
  });

  it('tells the largest first, directories with all below them', async () => {
    const { files, directories } = await largest();
    expect(files.map(({ sizeBytes }) => sizeBytes / 1024)).toEqual([800, 400, 300, 200, 100, 8, 4]);
    expect(directories[0]).toMatchObject({ path: top });
    expect(directories.map(({ path }) => path.slice(top.length))).toContain('/logs/deep/er');
  });

  it('counts a file with two names once', async () => {
    expect(await largest()).toMatchObject({ fileCount: 7, repeatedLinks: 1 });
  });

  it('keeps names as they are and lets none forge a row', async () => {
    const { files } = await largest();
    const paths = files.map(({ path }) => path.slice(top.length));
    expect(paths).toContain('/data/it\'s "odd" $(id) `x` \\t & more.bin');
    expect(paths).not.toContain('/forged');
    expect(
      files
        .filter(({ exact }) => !exact)
        .map(({ path }) => path.slice(top.length))
        .sort(),
    ).toEqual([
      '/data/ends with a line\ufffd',
      '/data/line\ufffdf\ufffd999999\ufffd1\ufffd0\ufffd/forged',
      '/data/tab\ufffdhere',
    ]);
  });

  it('tells no more than it is asked for', async () => {
    const { files, directories } = await largest({ top: 2 });
    expect([files.length, directories.length]).toEqual([2, 2]);
  });

  it('says on which filesystem it was', async () => {
    const { filesystem } = await largest();
    expect(filesystem?.mount).toMatch(/^\//);
  });

  it('reads through a symbolic link given as the top, and through none below', async () => {
    const link = `${top}-link`;
    symlinkSync(top, link);
    const { totalKib } = await largest({ path: link });
    rmSync(link);
    expect(totalKib).toBe((await largest()).totalKib);
  });

  it('fails for what is no directory', async () => {
    const exit = await exitOf(session, diskLargest, { path: join(top, 'data/model.gguf') }, tools);
    expect(exit.exitCode).toBe(1);
  });
});

describe('disk.largest', () => {
  it('stops when its time is up and says so', async () => {
    const { complete, entries } = await outputOf(session, diskLargest, { path: '/', stopAfterSeconds: 1 });
    expect(entries).toBeGreaterThan(0);
    // A small and warm disk may be read to its end in a second.
    expect(typeof complete).toBe('boolean');
  });

  it.each([
    ['', ''],
    ['filesystem\t\n', 'unreadable\t0\n'],
    ['filesystem\t\ntotal\t1\t1\t1\t0\t0\t0\t0\nf\tnonsense\nend\t1\n', 'unreadable\t0\n'],
    ['filesystem\t\ntotal\t1\t1\t1\t0\t0\t0\t0\nend\t1\n', ''],
    ['filesystem\t\ntotal\t1\t1\t1\t0\t0\t0\t1\nend\t1\n', 'unreadable\t0\n'],
    ['filesystem\t\ntotal\t1\t1\t1\t0\t0\t0\t2\nend\t0\n', 'unreadable\t0\n'],
  ])('is no answer when it printed %j and %j', (stdout, stderr) => {
    const input = diskLargest.input.parse({ path: '/' });
    const parsed = diskLargest.parse(exited(stdout, 0, stderr), input, DEBIAN);
    expect(parsed._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });

  it('counts what could not be read', () => {
    const stdout = 'filesystem\t\ntotal\t1\t1\t0\t0\t0\t0\t0\nend\t1\n';
    const stderr = "unreadable\t2\nfind: '/root': Permission denied\nfind: '/x': Permission denied\n";
    const parsed = diskLargest.parse(exited(stdout, 0, stderr), diskLargest.input.parse({ path: '/' }), DEBIAN);
    expect(parsed._unsafeUnwrap()).toMatchObject({
      unreadable: { count: 2, examples: [/root/, /x/].map((path) => expect.stringMatching(path)) },
    });
  });
});

describe('kinds', () => {
  it.each([
    ['/var/log/syslog.1', 'log'],
    ['/srv/app/server.log.3.gz', 'log'],
    ['/home/dana/.cache/pip/x', 'cache'],
    ['/var/cache/apt/archives/a.deb', 'package'],
    ['/srv/app/node_modules/x/y.js', 'package'],
    ['/home/dana/.cache/huggingface/hub/blob', 'model'],
    ['/srv/run/checkpoint-100/model.safetensors', 'model'],
    ['/var/lib/docker/overlay2/abc/diff/x', 'container_layer'],
    ['/srv/backup/db.sql.gz', 'backup'],
    ['/var/lib/systemd/coredump/core.x.zst', 'core_dump'],
    ['/home/dana/.local/share/Trash/files/x', 'trash'],
    ['/home/dana/thesis.tex', 'other'],
  ])('%s is %s', (path, kind) => {
    expect(kindOf(path, false)).toBe(kind);
  });
});
