import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { useLab } from './index.js';

const lab = useLab(1);
const bin = fileURLToPath(new URL('../../packages/meshclaw/dist/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-enrol-'));
afterAll(() => rm(folder, { recursive: true }));

/** The built command, in a home of this file. */
function meshclaw(...words: readonly string[]): Promise<{ readonly code: number | null; readonly answer: string }> {
  const environment = { ...process.env, MESHCLAW_HOME: join(folder, 'home') };
  const child = spawn(process.execPath, [bin, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let answer = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      answer += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, answer }));
  });
}
const look = () => meshclaw('perform', 'file.stat', 'lab1', 'path=/etc/hostname', '--json');

async function writeSshConfig(): Promise<void> {
  const { address, userKey } = lab.host(1);
  const config = `Host lab1\n  HostName ${address}\n  User deploy\n  IdentityFile ${userKey}\nHost *.lab\n`;
  await writeFile(join(folder, 'config'), config, { mode: 0o600 });
}

test('a server of an ssh configuration is used once its key was compared, and not before', async () => {
  await writeSshConfig();
  const begun = await meshclaw('init', '--from', 'ssh-config', '--file', join(folder, 'config'));
  expect(begun).toMatchObject({ code: 0, answer: expect.stringContaining('meshclaw enrol lab1') });
  expect((await look()).code).toBe(5);

  const { fingerprint } = lab.host(1);
  expect(await meshclaw('enrol', 'lab1')).toMatchObject({ code: 4, answer: expect.stringContaining(fingerprint) });
  expect((await look()).code).toBe(5);

  // As a person would: read on the host itself, where nobody in between could have changed it.
  const printed =
    (await lab.host(1).run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).stdout.split(' ')[1] ?? '';
  expect((await meshclaw('enrol', 'lab1', '--fingerprint', printed)).code).toBe(0);
  expect(await look()).toMatchObject({ code: 0, answer: expect.stringContaining('"exists":true') });
});

test('an account without sudo gets exactly what the printed drop-in grants', async () => {
  const asRoot = (path: string) => meshclaw('perform', 'file.stat', 'ops1', `path=${path}`, 'as=root', '--json');
  const inventory = join(folder, 'home/inventory.yaml');
  const entry = (await readFile(inventory, 'utf8')).split('\n').slice(-8).join('\n');
  await appendFile(inventory, entry.replace('lab1', 'ops1').replace('deploy', 'ops'));
  expect((await lab.host(1).run('echo x > /root/hidden')).code).toBe(0);
  expect((await asRoot('/root/hidden')).code).toBe(5);

  const { answer } = await meshclaw('server', 'sudoers', 'ops1', '--operation', 'file.stat', '--json');
  const { login, drop_in_base64: dropIn } = JSON.parse(answer);
  expect(login).toBe('ops');
  const install = `umask 0227; echo ${dropIn} | base64 -d > /etc/sudoers.d/meshclaw && visudo -c`;
  expect(await lab.host(1).run(install)).toMatchObject({ code: 0 });
  expect(await asRoot('/root/hidden')).toMatchObject({ code: 0, answer: expect.stringContaining('"exists":true') });
  expect((await meshclaw('perform', 'disk.largest', 'ops1', 'path=/root', 'as=root')).code).toBe(5);
});

test('a host that was set up again is refused until its new key is named', async () => {
  // From here on the lab's own ssh does not know the host any more.
  const renew =
    'cd /etc/ssh && rm ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N "" -f ssh_host_ed25519_key && systemctl restart ssh && ssh-keygen -lf ssh_host_ed25519_key.pub';
  const fingerprint = (await lab.host(1).run(renew)).stdout.split(' ')[1] ?? '';
  expect(fingerprint).toMatch(/^SHA256:/);
  expect((await look()).code).toBe(5);
  expect(await meshclaw('enrol', 'lab1')).toMatchObject({
    code: 3,
    answer: expect.stringContaining('host_key_changed'),
  });
  expect((await meshclaw('enrol', 'lab1', '--replace', '--fingerprint', fingerprint)).code).toBe(0);
  expect((await look()).code).toBe(0);
});

test('a host that is off cannot be asked for its key', async () => {
  await lab.host(1).off();
  expect(await meshclaw('enrol', 'lab1')).toMatchObject({ code: 5, answer: expect.stringContaining('unreachable') });
});
