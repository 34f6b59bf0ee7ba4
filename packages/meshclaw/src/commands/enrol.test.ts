import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';
import { startSshd, type TestSshd, whyNoSshd } from '../_testing/sshd.js';

let cli: TestCli;
let sshd: TestSshd;
beforeEach(async (context) => {
  const why = whyNoSshd();
  if (why !== undefined) context.skip(why);
  cli = await createTestCli();
  sshd = await startSshd();
  await mkdir(cli.home, { mode: 0o700 });
  await writeFile(`${cli.home}/inventory.yaml`, inventory(), { mode: 0o600 });
});
afterEach(async () => {
  await sshd?.stop();
  await cli?.remove();
});

const inventory = () => `# mine
servers:
  - name: web1 # the first
    reach:
      - executor: ssh
        host: 127.0.0.1
        port: ${sshd.port}
        user: deploy
  - name: here
    reach: [{executor: local}]
`;
const read = () => readFile(`${cli.home}/inventory.yaml`, 'utf8');
const ed25519 = () => sshd.keys['ssh-ed25519'] ?? { line: '', fingerprint: '' };
const pinned = (line: string) => inventory().replace('        user:', `        host_key: ${line}\n        user:`);
const records = async () =>
  JSON.parse((await cli.run(['evidence', 'list', '--type', 'observation.recorded', '--json'])).stdout).records;

test('without a terminal and without a fingerprint it shows the key, where to compare it, and pins nothing', async () => {
  const { code, stdout, stderr } = await cli.run(['enrol', 'web1']);
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(`ssh-ed25519  ${ed25519().fingerprint}`);
  expect(stderr).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  expect(stderr).toContain('meshclaw.confirmation_required');
  expect(await read()).toBe(inventory());
});

test('with the right fingerprint the key is pinned, the rest of the file stays, and it is on record', async () => {
  const { code, stdout } = await cli.run(['enrol', 'web1', '--fingerprint', ed25519().fingerprint, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ server: 'web1', host_key: ed25519().line, pinned_now: true });
  expect(await read()).toBe(pinned(ed25519().line));
  expect((await stat(`${cli.home}/inventory.yaml`)).mode & 0o777).toBe(0o600);
  expect(await records()).toMatchObject([
    {
      target: 'web1',
      body: {
        facts: [{ name: 'ssh.host_key_pinned', value: ed25519().fingerprint }],
        enrolment: { host: '127.0.0.1', port: sshd.port, host_key: ed25519().line, confirmed_by: 'fingerprint' },
      },
    },
  ]);
  expect(await cli.run(['enrol', 'web1'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is pinned already'),
  });
  expect(await records()).toHaveLength(1);
});

test('the fingerprint chooses among the kinds of key that the server has', async () => {
  const ecdsa = sshd.keys['ecdsa-sha2-nistp256'] ?? { line: '', fingerprint: '' };
  expect((await cli.run(['enrol', 'web1', '--fingerprint', ecdsa.fingerprint])).code).toBe(0);
  expect(await read()).toBe(pinned(ecdsa.line));
});

test('another fingerprint, or none at all, pins nothing', async () => {
  const other = `SHA256:${'A'.repeat(43)}`;
  const refusal = await cli.run(['enrol', 'web1', '--fingerprint', other]);
  expect(refusal).toMatchObject({ code: 3, stderr: expect.stringContaining('meshclaw.fingerprint_mismatch') });
  expect((await cli.run(['enrol', 'web1', '--fingerprint', 'MD5:00:11'])).code).toBe(2);
  expect((await cli.run(['enrol', 'web1', '--replace'])).code).toBe(2);
  expect(await read()).toBe(inventory());
});

test('a server whose key changed is refused until the new one is named to take its place', async () => {
  await cli.run(['enrol', 'web1', '--fingerprint', ed25519().fingerprint]);
  const old = ed25519();
  sshd = await sshd.renew();
  const refused = await cli.run(['enrol', 'web1']);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('meshclaw.host_key_changed') });
  expect((await cli.run(['enrol', 'web1', '--fingerprint', ed25519().fingerprint])).code).toBe(3);
  expect((await cli.run(['enrol', 'web1', '--replace', '--fingerprint', old.fingerprint])).code).toBe(3);
  expect(await read()).toBe(pinned(old.line));
  expect((await cli.run(['enrol', 'web1', '--replace', '--fingerprint', ed25519().fingerprint])).code).toBe(0);
  expect(await read()).toBe(pinned(ed25519().line));
  expect((await records())[0].body.enrolment).toMatchObject({ replaces: old.line, host_key: ed25519().line });
});

test('a person on a terminal is asked; yes or the fingerprint pins, anything else does not', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) skip('needs script(1) for a terminal');
  expect(await onTerminal('y')).toBe(3);
  expect(await read()).toBe(inventory());
  expect(await onTerminal('yes')).toBe(0);
  expect(await read()).toBe(pinned(ed25519().line));
  expect((await records())[0]).toMatchObject({ subject: expect.stringMatching(/^human:/) });
});

/** Types one line when it is asked, and answers the exit code. */
function onTerminal(answer: string): Promise<number | null> {
  const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, MESHCLAW_HOME: cli.home, TERM: 'dumb' };
  const line = `'${process.execPath}' '${bin}' enrol web1`;
  const child = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let asked = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (asked || !chunk.includes('is it the same?')) return;
    asked = true;
    child.stdin.write(`${answer}\n`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

test('a server that does not answer, is not there or is reached otherwise is said so', async () => {
  await sshd.stop();
  expect(await cli.run(['enrol', 'web1'])).toMatchObject({ code: 5, stderr: expect.stringContaining('unreachable') });
  expect(await cli.run(['enrol', 'wbe1'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "web1"?'),
  });
  expect(await cli.run(['enrol', 'here'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not reached by ssh'),
  });
});

test('an inventory that is a link stays one, and its target is what is written', async () => {
  const real = cli.path('shared.yaml');
  await rename(`${cli.home}/inventory.yaml`, real);
  await symlink(real, `${cli.home}/inventory.yaml`);
  expect((await cli.run(['enrol', 'web1', '--fingerprint', ed25519().fingerprint])).code).toBe(0);
  expect((await lstat(`${cli.home}/inventory.yaml`)).isSymbolicLink()).toBe(true);
  expect(await readFile(real, 'utf8')).toBe(pinned(ed25519().line));
});

test('where there are several addresses, it has to be said which is meant', async () => {
  const text = inventory().replace('  - name: here', '      - {executor: ssh, host: localhost}\n  - name: here');
  await writeFile(`${cli.home}/inventory.yaml`, text);
  const fingerprint = ed25519().fingerprint;
  expect(await cli.run(['enrol', 'web1', '--fingerprint', fingerprint])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`they are: 127.0.0.1:${sshd.port}, localhost:22`),
  });
  expect((await cli.run(['enrol', 'web1', '--address', '127.0.0.1', '--fingerprint', fingerprint])).code).toBe(0);
  expect(await read()).toBe(text.replace('        user:', `        host_key: ${ed25519().line}\n        user:`));
});
