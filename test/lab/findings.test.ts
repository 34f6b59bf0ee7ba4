// What is wrong with a host is found over ssh, with real policy and ledger; what is secret on it stays there.
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { diskInvestigate } from '@meshclaw/workflows/disk-investigate';
import { commandRun, fileChmod, fileStat, logJournal, serviceUnit } from '@meshclaw/workflows/operations';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Controller, createController, dataOf, refusalOf } from './controller.js';
import { useLab } from './index.js';
import { onHost } from './scenario.js';
import { scenario as fullDisk, LARGEST } from './scenarios/full-disk.js';
import { scenario as fullInodes } from './scenarios/full-inodes.js';
import { scenario as openListener, PORT } from './scenarios/open-listener.js';
import { FILE, scenario as plantedSecrets, SECRETS } from './scenarios/planted-secrets.js';
import { scenario as runawayProcess } from './scenarios/runaway-process.js';
import { WEAK, scenario as weakPermissions } from './scenarios/weak-permissions.js';

const lab = useLab(2);
let controller: Controller | undefined;
const here = (): Controller => {
  if (controller === undefined) throw new Error('there is no controller');
  return controller;
};
beforeAll(async () => {
  if (!lab.isThere) return;
  const [one, two] = [lab.host(1), lab.host(2)];
  controller = await createController({
    web1: { host: one, user: 'deploy' },
    web2: { host: two, user: 'deploy' },
    ops1: { host: one, user: 'ops' },
  });
});
afterAll(() => controller?.close());

const investigate = (server: string) => here().agent.run(diskInvestigate, { server, path: '/data' });
const run = async (server: string, ...argv: [string, ...string[]]) =>
  (await here().approved(commandRun, server, { argv }))._unsafeUnwrap().output;

test('the built command says that every host is up, by each of its accounts', async () => {
  const { code, stdout } = await here().cli.run(['status', '--json']);
  const report = JSON.parse(stdout);
  expect([code, report.problems]).toEqual([0, []]);
  expect(report.data.servers.map(({ id, state, system }: Record<string, string>) => [id, state, system])).toEqual(
    ['web1', 'web2', 'ops1'].map((id) => [id, 'up', expect.stringContaining('Debian')]),
  );
});

test('files that anybody may change are seen as they are and set right, with a person, and never made worse', async () => {
  await lab.host(2).play(weakPermissions);
  for (const [path, mode] of Object.entries(WEAK)) {
    expect((await here().agent.perform(fileStat, 'web2', { path }))._unsafeUnwrap().output).toMatchObject({ mode });
    const worse = await here().agent.perform(fileChmod, 'web2', { path, mode: '0777', as: 'root' });
    refusalOf('denied', worse);
    const done = await here().approved(fileChmod, 'web2', { path, mode: '0600', as: 'root' });
    expect(done._unsafeUnwrap().output).toEqual({ mode: '0600' });
    expect(await onHost(lab.host(2), `stat -c %a ${path}`)).toBe('600\n');
  }
});

test('secrets in files and logs reach neither the answer nor anything that is kept', async () => {
  await lab.host(2).play(plantedSecrets);
  const { stdout } = await run('web2', 'cat', FILE);
  expect(stdout).toContain('region = eu-1');
  const journal = await here().agent.perform(logJournal, 'web2', { lines: 1000, as: 'root' });
  const told = journal._unsafeUnwrap().output.entries.filter(({ identifier }) => identifier === 'shop-login');
  expect(told).toHaveLength(1);
  const kept = await Promise.all(
    (await readdir(here().cli.home, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name))),
  );
  expect(kept.some((bytes) => bytes.includes('region = eu-1'))).toBe(true);
  for (const [what, secret] of Object.entries(SECRETS)) {
    expect([what, stdout.includes(secret), JSON.stringify(told).includes(secret)]).toEqual([what, false, false]);
    expect([what, kept.some((bytes) => bytes.includes(secret))]).toEqual([what, false]);
  }
});

test('a process that runs away is seen with its service', async () => {
  await lab.host(2).play(runawayProcess);
  const { stdout } = await run('web2', 'ps', '-eo', 'pid,times,cgroup', '--sort=-times');
  const pid = /^ *(\d+) .*thumbnails\.service$/m.exec(stdout)?.[1];
  const unit = (await here().agent.perform(serviceUnit, 'web2', { unit: 'thumbnails' }))._unsafeUnwrap().output;
  expect([unit.active, String(unit.mainPid)]).toEqual(['active', pid]);
  await onHost(lab.host(2), 'systemctl stop thumbnails.service');
});

test('what listens on all addresses is seen to, and does answer from outside', async () => {
  await lab.host(2).play(openListener);
  const { stdout } = await run('web2', 'ss', '-Hltn');
  expect(stdout).toMatch(new RegExp(`^LISTEN .* 0\\.0\\.0\\.0:${PORT} `, 'm'));
  const said = await new Promise((resolve, reject) => {
    const socket = connect({ host: lab.host(2).address, port: PORT });
    socket.once('data', (bytes) => resolve(String(bytes)));
    socket.once('error', reject);
  });
  expect(said).toBe('hello\n');
});

test('a full disk is found, with the file that fills it', async () => {
  await lab.host(1).play(fullDisk);
  const report = await investigate('web1');
  expect(report.problems).toEqual([]);
  expect(report.findings).toMatchObject([{ id: 'disk.filling', severity: 'high', facts: { used_percent: 100 } }]);
  expect(dataOf(report)).toMatchObject({
    mount: { mount: '/data', availableKib: 0, type: 'ext4' },
    tree: { readAs: 'root', complete: true, files: [{ path: LARGEST, kind: 'backup' }] },
  });
  expect(report.next[1]).toMatchObject({ operation: 'file.stat', input: { path: LARGEST }, effect: 'read_state' });
});

test('an account without rights finds it as well, and says what it could not read', async () => {
  const report = await investigate('ops1');
  expect(report.problems).toEqual([]);
  expect(report.findings.map(({ id }) => id)).toEqual(['disk.filling', 'disk.unreadable']);
  expect(dataOf(report).tree).toMatchObject({ readAs: 'login', unreadable: { count: 1 }, files: [{ path: LARGEST }] });
});

test('a disk without inodes is found though it has room', async () => {
  await lab.host(2).play(fullInodes);
  const report = await investigate('web2');
  expect(report.findings).toMatchObject([{ id: 'disk.inodes_filling', severity: 'high', facts: { inodes_free: 0 } }]);
  const { code, stdout } = await here().cli.run(['status', '--json']);
  const found = JSON.parse(stdout).findings.map(({ id, target }: Record<string, string>) => [target, id]);
  expect(code).toBe(1);
  expect(found).toEqual(
    expect.arrayContaining([
      ['web1', 'disk.filling'],
      ['web2', 'disk.inodes_filling'],
    ]),
  );
});
