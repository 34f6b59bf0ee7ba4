import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { err, ok } from 'neverthrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meshOn, targetOf } from '../_testing/index.js';
import { diskInvestigate } from './index.js';
import { kindsOf, mountOf, whereToLook } from './reading.js';

let top: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'meshclaw-investigate-'));
  mkdirSync(join(top, 'srv/logs'), { recursive: true });
  writeFileSync(join(top, 'srv/logs/app.log'), Buffer.alloc(600 * 1024, 'x'));
  writeFileSync(join(top, 'srv/model.gguf'), Buffer.alloc(200 * 1024, 'x'));
});
afterAll(() => rmSync(top, { recursive: true }));

const DISKS = `== sizes
Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 1000 960 40 96% /
/dev/sdb1 1000 970 30 97% /srv
== sizes exit 0
== inodes
== mounts
== end
`;
const TREE = `filesystem\t/dev/sda1 1000 960 40 96% /
total\t900\t10\t5\t0\t0\t0\t0
d\t900\t0\t0\t/var
d\t800\t0\t0\t/var/lib
f\t500\t512000\t0\t/var/lib/big.sql.gz
end\t0
`;

describe('disk-investigate', () => {
  it('finds what is large on the machine the test runs on', async () => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    const report = await agent.run(diskInvestigate, { server: 'here', path: top });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      targets: ['here'],
      data: {
        path: top,
        mount: { mount: expect.stringMatching(/^\//) },
        tree: {
          complete: true,
          fileCount: 2,
          files: [{ path: join(top, 'srv/logs/app.log'), kind: 'log' }, { kind: 'model' }],
          kinds: [{ kind: 'log', usedKib: 600, fileCount: 1 }, { kind: 'model' }],
        },
      },
    });
  });

  it('suggests typed reads with the effect policy would give them, and nothing that changes', async () => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    const { next } = await agent.run(diskInvestigate, { server: 'here', path: top });
    expect(next.map(({ operation, input, effect }) => [operation, input, effect])).toEqual([
      ['disk.largest', { path: join(top, 'srv/logs'), as: 'root' }, 'read_state'],
      ['file.stat', { path: join(top, 'srv/logs/app.log'), as: 'root' }, 'read_state'],
      ['file.stat', { path: join(top, 'srv/model.gguf'), as: 'root' }, 'read_state'],
    ]);
  });

  it('reads as the login where root is not to be had, and says what it left out', async () => {
    const executor = createScriptedExecutor(async (action) => {
      if (action.kind !== 'command') throw new Error('no command');
      if (action.argv[2]?.includes('== sizes')) return ok(exited(DISKS));
      if (action.as === 'root') return ok(exited('', 1, 'sudo: a password is required\n'));
      return ok(exited(TREE, 0, "unreadable\t3\nfind: '/var/root': Permission denied\n"));
    });
    const server = { ...targetOf('web1', 'scripted'), platform: { userland: 'gnu' as const } };
    const { agent } = meshOn([executor], [server]);
    const report = await agent.run(diskInvestigate, { server: 'web1', path: '/var' });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ status: 'findings', data: { mount: { mount: '/' }, tree: { readAs: 'login' } } });
    expect(report.findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['disk.filling', 'high'],
      ['disk.unreadable', 'low'],
      ['disk.incomplete', 'low'],
    ]);
  });

  it('reads as the login also where the executor would not even send what needs root', async () => {
    const executor = createScriptedExecutor(async (action) => {
      if (action.kind !== 'command') throw new Error('no command');
      if (action.argv[2]?.includes('== sizes')) return ok(exited(DISKS));
      if (action.as === 'root') return err({ kind: 'not_started', message: 'as the test says' });
      return ok(exited(TREE, 0, 'unreadable\t0\n'));
    });
    const server = { ...targetOf('web1', 'scripted'), platform: { userland: 'gnu' as const } };
    const report = await meshOn([executor], [server]).agent.run(diskInvestigate, { server: 'web1', path: '/var' });
    expect(report).toMatchObject({ problems: [], data: { tree: { readAs: 'login' } } });
  });

  it('has a problem of a server that does not answer, and no tree', async () => {
    const gone = createScriptedExecutor(async () => err({ kind: 'unreachable', message: 'as the test says' }));
    const server = { ...targetOf('web1', 'scripted'), platform: { userland: 'gnu' as const } };
    const report = await meshOn([gone], [server]).agent.run(diskInvestigate, { server: 'web1', path: '/var' });
    expect(report.problems.map(({ kind }) => kind)).toContain('not_sent');
    expect(gone.performances).toHaveLength(1);
    expect(report).not.toHaveProperty('data.tree.files');
  });

  it('has a problem and no tree for a path that is no directory', async () => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    const report = await agent.run(diskInvestigate, { server: 'here', path: '/etc/passwd' });
    expect(report).toMatchObject({ status: 'partial', data: { tree: null }, problems: [{ kind: 'failed' }] });
  });

  it.each(['relative', '/a/../b', ''])('takes no path %j', async (path) => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    const report = await agent.run(diskInvestigate, { server: 'here', path });
    expect(report).toMatchObject({ status: 'failed', problems: [{ kind: 'invalid_input' }] });
  });
});

describe('reading', () => {
  const row = { source: 'x', sizeKib: 1, usedKib: 1, availableKib: 0, usedPercent: 100 };
  const mount = (path: string) => ({ ...row, mount: path, type: null, readOnly: null, inodes: null });
  const large = (path: string, usedKib: number, exact = true) => ({
    ...{ path, usedKib, exact, modifiedAt: '2026-01-01T00:00:00.000Z', sizeBytes: 0 },
    kind: 'log' as const,
  });
  const tree = { totalKib: 100, complete: true };

  it('takes the mount point that df told, else the longest that holds the path', () => {
    const mounts = ['/', '/var', '/variant'].map(mount);
    expect(mountOf(mounts, '/var/lib', null)?.mount).toBe('/var');
    expect(mountOf(mounts, '/var/lib', { ...row, mount: '/' })?.mount).toBe('/');
    expect(mountOf(mounts, '/home', null)?.mount).toBe('/');
    expect(mountOf([], '/home', null)).toBeNull();
  });

  it('goes down to the deepest directory that holds half of it, by exact names alone', () => {
    const directories = [large('/', 100), large('/a', 90), large('/a/b', 60), large('/c', 10)];
    expect(whereToLook({ ...tree, directories } as never)).toBe('/a/b');
    const odd = [large('/', 100), large('/\ufffd', 90, false), large('/c', 10)];
    expect(whereToLook({ ...tree, directories: odd } as never)).toBe('/c');
    expect(whereToLook({ ...tree, directories: [large('/', 100)] } as never)).toBeUndefined();
  });

  it('sums up files by kind', () => {
    expect(kindsOf([large('/a', 3), large('/b', 4)])).toEqual([{ kind: 'log', usedKib: 7, fileCount: 2 }]);
  });
});
