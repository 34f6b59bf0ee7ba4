import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { folderOf, livingRuns } from './claim.js';
import { startLab, whyNoLab } from './index.js';
import { bridgeOf, machineName } from './network.js';
import { firstProcessOf, keepersOf, kill } from './processes.js';
import { disksOf } from './tear-down.js';

const why = whyNoLab();
beforeEach((context) => {
  if (why !== undefined) context.skip(why);
});

const SLOW = 300_000; // the base image may have to be made first
const upper = (number: number) => `${disksOf(folderOf(number))}/1/upper`;

/** Everything on this machine that bears the number of a run. */
async function tracesOf(number: number): Promise<readonly string[]> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${folderOf(number)}/`));
  const links = readdirSync('/sys/class/net').filter(
    (name) => name === bridgeOf(number) || name.startsWith(`vb-${machineName(number, 0).slice(0, -1)}`),
  );
  const groups = ['', 'systemd', 'unified']
    .flatMap((name) => listed(`/sys/fs/cgroup/${name}`))
    .filter((name) => name.startsWith(`meshclaw-lab${number}-`));
  const folders = listed('/var/lib/meshclaw-lab/runs').filter((name) => name === String(number));
  const first = await firstProcessOf(upper(number));
  const processes = [...(await keepersOf(machineName(number, 1))), ...(first === undefined ? [] : [first])].map(String);
  return [...mounts, ...links, ...groups, ...folders, ...processes];
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

test('two labs run side by side; each takes away only what is its own', { timeout: SLOW }, async () => {
  const [one, other] = await Promise.all([startLab({ hosts: 1 }), startLab({ hosts: 1 })]);
  try {
    expect(one.number).not.toBe(other.number);
    expect((await tracesOf(one.number)).length).toBeGreaterThan(5);
    await one.stop();
    expect(await tracesOf(one.number)).toEqual([]);
    expect((await other.hosts[0]?.run('hostname'))?.stdout).toBe(`${machineName(other.number, 1)}\n`);
    await one.stop();
  } finally {
    await other.stop();
    await one.stop();
  }
  expect(await tracesOf(other.number)).toEqual([]);
});

test('what a process left that was killed is removed by the next start, also a host whose keepers are gone', {
  timeout: SLOW,
}, async () => {
  const left = await startLab({ hosts: 1 });
  const { number } = left;
  for (const pid of await keepersOf(machineName(number, 1))) kill(pid);
  await expect.poll(() => keepersOf(machineName(number, 1))).toEqual([]);
  expect((await left.hosts[0]?.run('true'))?.code).toBe(0);
  await ownedByNobody(number);
  const next = await startLab({ hosts: 1 });
  try {
    expect(await tracesOf(number)).toEqual([]);
    expect((await livingRuns()).map((one) => one.number)).toContain(next.number);
  } finally {
    await next.stop();
  }
});

/** As after SIGKILL of the process that started it. */
async function ownedByNobody(number: number): Promise<void> {
  const path = `${folderOf(number)}/claim.json`;
  const ended = spawnSync('true').pid;
  const claim = JSON.parse(readFileSync(path, 'utf8'));
  await writeFile(`${path}.new`, JSON.stringify({ ...claim, owner: { ...claim.owner, pid: ended } }));
  await rename(`${path}.new`, path);
}

test('a lab that does not come up leaves nothing', { timeout: SLOW }, async () => {
  await expect(startLab({ hosts: 0 })).rejects.toThrow('1 to 250 hosts');
  const broken = startLab({ hosts: 1, beforeBoot: (root) => rm(`${root}/etc/ssh/sshd_config`), mostBootMs: 3_000 });
  await expect(broken).rejects.toThrow('does not answer');
  // Other processes may have labs of their own.
  const own = (await livingRuns()).filter(({ owner }) => owner.pid === process.pid);
  expect(own).toEqual([]);
});

test('the command boots hosts that stay, logs in, plays a scenario and takes them down', {
  timeout: SLOW,
}, async () => {
  const script = fileURLToPath(new URL('../../scripts/lab.mjs', import.meta.url));
  const lab = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const up = lab('up', '1');
  const number = /^lab(\d+)-1 {2}198\.1[89]\.\d+\.1 {2}SHA256:/.exec(up.stdout)?.[1] ?? 'none';
  try {
    expect(up.status).toBe(0);
    expect(lab('list').stdout).toContain(`${number}  since`);
    expect(lab('ssh', '--run', number, 'ops@1', 'id', '-un')).toMatchObject({ status: 0, stdout: 'ops\n' });
    expect(lab('ssh', '--run', number, '1', 'exit 3').status).toBe(3);
    expect(lab('play', '1', 'missing-exec-start', '--run', number)).toMatchObject({ status: 0, stdout: '' });
    expect(lab('ssh', '--run', number, '1', 'systemctl is-failed reports').stdout).toBe('failed\n');
    expect(lab('play', '1', 'no-such', '--run', number)).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('crash-loop\n'),
    });
    expect(lab('cut', '9', '--run', number)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('hosts of run'),
    });
  } finally {
    expect(lab('down', '--run', number).status).toBe(0);
  }
  expect(await tracesOf(Number(number))).toEqual([]);
});
