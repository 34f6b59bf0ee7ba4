import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { useLab } from './index.js';

const lab = useLab(2);

test('a host is a whole Debian: systemd as process 1, sshd, a journal, cron, and nothing failed', async () => {
  const { stdout } = await lab
    .host(1)
    .run(
      'cat /proc/1/comm; . /etc/os-release; echo "$ID $VERSION_ID"; systemctl is-system-running --wait; systemctl is-active ssh cron rsyslog systemd-journald; journalctl -q -b -u ssh.service -o cat | grep -c "Server listening"',
    );
  expect(stdout.split('\n').slice(0, 7)).toEqual([
    'systemd',
    'debian 12',
    'running',
    'active',
    'active',
    'active',
    'active',
  ]);
  expect(Number(stdout.split('\n')[7])).toBeGreaterThan(0);
});

test('each host has its own name, address, machine id and host key, and knows the others', async () => {
  const tell = 'hostname; hostname -I; cat /etc/machine-id; ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub';
  const told = await Promise.all([1, 2].map(async (number) => (await lab.host(number).run(tell)).stdout.split('\n')));
  for (const [at, lines] of told.entries()) {
    const host = lab.host(at + 1);
    expect([lines[0], lines[1]?.trim()]).toEqual([host.name, host.address]);
    expect(lines[3]).toContain(` ${host.fingerprint} `);
  }
  expect(told[0]?.[2]).toMatch(/^[0-9a-f]{32}$/);
  expect(told[0]?.[2]).not.toBe(told[1]?.[2]);
  expect(lab.host(1).fingerprint).not.toBe(lab.host(2).fingerprint);
  expect(
    (await lab.host(1).run(`ip -br neigh; timeout 5 bash -c 'exec 3<>/dev/tcp/${lab.host(2).name}/22; head -n1 <&3'`))
      .stdout,
  ).toContain('SSH-2.0-');
});

test('root may everything, deploy by sudo, ops nothing', async () => {
  const ask = (user: 'root' | 'deploy' | 'ops') =>
    lab.host(1).run('id -un; sudo -n id -u; systemctl restart cron; echo $?', user);
  expect((await ask('root')).stdout).toBe('root\n0\n0\n');
  expect((await ask('deploy')).stdout).toMatch(/^deploy\n0\n[1-9]/);
  expect((await ask('ops')).stdout).toMatch(/^ops\n[1-9]/);
  expect((await lab.host(1).run('sudo -n systemctl restart cron', 'deploy')).code).toBe(0);
});

test('/data is a file system of its own that fills up', async () => {
  const { stdout, code } = await lab
    .host(2)
    .run(
      'stat -f -c %T /data; dd if=/dev/zero of=/data/big bs=1M count=100 2>&1 | grep -o "No space left on device"; rm /data/big; test -w /data',
    );
  expect([stdout, code]).toEqual(['ext2/ext3\nNo space left on device\n', 0]);
});

test('a cut link silences a host but stops nothing on it; healed, it answers again', async () => {
  const host = lab.host(2);
  const long = host.run('for i in 1 2 3 4; do echo $i; sleep 0.5; done');
  await host.run('true');
  await host.cut();
  expect(await host.answers()).toBe(false);
  await host.heal();
  expect(await long).toMatchObject({ code: 0, stdout: '1\n2\n3\n4\n' });
  expect((await host.run('true')).code).toBe(0);
});

test('power taken away and given back leaves machine id, host key and /data, and one boot more in the journal', async () => {
  const host = lab.host(1);
  const tell =
    'cat /etc/machine-id /data/kept; journalctl -q --list-boots | wc -l; cat /proc/sys/kernel/random/boot_id';
  await host.run('echo kept > /data/kept');
  const before = (await host.run(tell)).stdout.split('\n');
  await host.off();
  expect(await host.answers()).toBe(false);
  await host.on();
  const after = (await host.run(tell)).stdout.split('\n');
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(Number(after[2])).toBe(Number(before[2]) + 1);
  expect(after[3]).not.toBe(before[3]);
});

test('a host that reboots itself comes back; one that powers itself off stays away until it is switched on', async () => {
  const host = lab.host(1);
  const boot = async () => (await host.run('cat /proc/sys/kernel/random/boot_id')).stdout;
  const before = await boot();
  await host.run('systemctl reboot');
  await expect.poll(boot, { timeout: 30_000 }).not.toBe(before);
  await host.ready();
  await host.run('systemctl poweroff');
  await expect.poll(() => host.answers(), { timeout: 30_000 }).toBe(false);
  await expect.poll(() => host.on().then(() => 'on', String), { timeout: 30_000 }).toBe('on');
  expect((await host.run('true')).code).toBe(0);
});

test('a host reaches nothing but its own network', async () => {
  const { stdout } = await lab.host(1).run('ip route');
  expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^198\.1[89]\.\d+\.0\/24 dev host0 /)]);
  expect(await readFile('/proc/net/route', 'utf8')).toContain(`mclab${lab.lab.number}\t`);
});
