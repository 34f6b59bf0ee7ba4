import { createHmac } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

interface Got {
  readonly signature: string;
  readonly title: string;
  readonly authorization: string;
  readonly body: string;
}
let cli: TestCli;
let alice: KeyFiles;
let server: Server;
let url: string;
let got: Got[];
let answers: boolean;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
  got = [];
  answers = true;
  server = createServer((request, response) => {
    let body = '';
    const header = (name: string) => String(request.headers[name] ?? '');
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const [signature, title, authorization] = ['x-meshclaw-signature', 'title', 'authorization'].map(header) as [
        string,
        string,
        string,
      ];
      got.push({ signature, title, authorization, body });
      if (answers) response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook-cf7a`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await cli.remove();
});

const SECRET = 'kept-in-a-file-0815';
async function settings(...notifications: readonly string[]): Promise<void> {
  await mkdir(cli.home, { recursive: true, mode: 0o700 });
  await writeFile(cli.path('secret'), `${SECRET}\n`, { mode: 0o600 });
  const text = ['notifications:', ...notifications.map((one) => `  - ${one}`), ''].join('\n');
  await writeFile(`${cli.home}/meshclaw.yaml`, text, { mode: 0o600 });
}
const ask = (environment = {}) =>
  cli.run(['run', '--json', 'localhost', '--because', 'secret-plan', '--', 'touch', cli.path('made')], { environment });
const idIn = (stdout: string): string => JSON.parse(stdout).error.facts.approval.id;

test('a webhook is told of the ask, the yes and the no, signed, and never what it is about', async () => {
  await settings(`{ webhook: ${url}, secret_file: ${cli.path('secret')} }`);
  await cli.run(['approvers', 'add', 'alice', alice.publicFile]);
  const { stdout, code } = await ask();
  const id = idIn(stdout);
  await ask(); // the same ask again is the same question, and nobody is told twice
  await cli.run(['approvals', 'grant', id, '--key', alice.privateFile]);
  expect(code).toBe(4);
  expect(got.map(({ body }) => JSON.parse(body).event)).toEqual(['approval.requested', 'approval.granted']);
  const { digest } = JSON.parse(stdout).error.facts.approval;
  for (const { body, signature } of got) {
    expect(JSON.parse(body)).toMatchObject({
      v: 1,
      approval: id,
      digest: digest.slice(0, 12),
      look: `meshclaw approvals show ${id}`,
    });
    expect(Object.keys(JSON.parse(body)).sort()).toEqual(['approval', 'asked_by', 'digest', 'event', 'look', 'v']);
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(mac).toBe(createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex'));
    for (const hidden of ['made', 'touch', 'secret-plan', digest, SECRET]) expect(body).not.toContain(hidden);
  }
});

test('a topic gets a title and where to look, and a command the same on its standard input', async () => {
  await settings(`{ ntfy: ${url}, token_env: NTFY_TOKEN }`, `{ command: [sh, -c, 'cat >> ${cli.path('told')}'] }`);
  const { stdout } = await ask({ NTFY_TOKEN: 'tk-4711-0815-4711' });
  const id = idIn(stdout);
  expect(got).toMatchObject([{ title: 'MeshClaw: an approval waits', authorization: 'Bearer tk-4711-0815-4711' }]);
  expect(got[0]?.body).toContain(`meshclaw approvals show ${id}`);
  await cli.run(['approvals', 'deny', id]);
  const told = (await readFile(cli.path('told'), 'utf8')).trim().split('\n');
  expect(told.map((line) => JSON.parse(line).event)).toEqual(['approval.requested', 'approval.denied']);
});

test('whoever cannot be told stops nothing and approves nothing, and is named', async () => {
  answers = false;
  await settings(
    `{ webhook: ${url}, secret_file: ${cli.path('secret')} }`,
    `{ webhook: ${url}, secret_env: NOT_THERE }`,
    '{ command: [/nowhere/program] }',
  );
  const { stdout, code } = await ask();
  expect(code).toBe(4);
  const list = JSON.parse((await cli.run(['approvals', 'list', '--json'])).stdout);
  expect(list.approvals).toMatchObject([{ id: idIn(stdout), status: 'pending' }]);
  const failed = list.notifications_failed.map(
    ({ to, why }: { to: string; why: string }) => `${to.replace(/:\d+/, '')}: ${why}`,
  );
  expect(failed.sort()).toEqual([
    'command /nowhere/program: ENOENT',
    'webhook 127.0.0.1: it did not answer in time',
    'webhook 127.0.0.1: its secret is not in the environment',
  ]);
  expect((await cli.run(['approvals', 'list'])).stderr).toContain('not told: command /nowhere/program');
  const everything = (await cli.run(['evidence', 'list', '--json', '--limit', '100'])).stdout;
  for (const hidden of [SECRET, 'hook-cf7a']) expect(everything).not.toContain(hidden);
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
});

test('settings say who is told without the address, and refuse what would be told unsigned', async () => {
  await settings(`{ webhook: ${url}, secret_file: ${cli.path('secret')} }`);
  const { stdout } = await cli.run(['config', 'show']);
  expect(stdout).toContain('webhook 127.0.0.1');
  expect(stdout).not.toContain('hook-cf7a');
  for (const wrong of [
    `{ webhook: ${url} }`,
    '{ webhook: "ftp://x/y", secret_env: A }',
    `{ ntfy: ${url}, user: x }`,
    '{ command: [] }',
    '{ webhook: "http://a:b@c/", secret_env: A }',
  ]) {
    await settings(wrong);
    expect([wrong, (await cli.run(['config', 'show'])).code]).toEqual([wrong, 2]);
  }
});
