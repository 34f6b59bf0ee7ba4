import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';
import { findSshKeygen } from '../home/sign.js';

const sshKeygen = findSshKeygen();
let cli: TestCli;
let alice: KeyFiles;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
});
afterEach(() => cli.remove());

const enrol = async (name: string, publicFile: string, ...words: string[]) =>
  expect((await cli.run(['approvers', 'add', name, publicFile, ...words])).code).toBe(0);
async function ask(command = `touch ${cli.path('made')}`): Promise<{ readonly id: string; readonly plan: string }> {
  const { code, stdout } = await cli.run(['run', '--json', 'localhost', command]);
  expect(code).toBe(4);
  return JSON.parse(stdout).error.facts.approval;
}
const statusOf = async (id: string): Promise<string> =>
  JSON.parse((await cli.run(['approvals', 'show', id, '--json'])).stdout).approval.status;

describe('a key in an agent', () => {
  let agent: ChildProcess | undefined;
  let socket: string;
  beforeEach(async (context) => {
    if (sshKeygen === undefined || !existsSync('/usr/bin/ssh-agent')) context.skip('needs ssh-keygen and ssh-agent');
    socket = cli.path('agent');
    const started = spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve, reject) => {
      started.stdout?.once('data', resolve);
      started.once('exit', reject);
    });
    agent = started;
    await enrol('alice', alice.publicFile);
  });
  afterEach(() => {
    agent?.kill();
  });
  const add = () => spawnSync('/usr/bin/ssh-add', ['-q', alice.privateFile], { env: { SSH_AUTH_SOCK: socket } }).status;

  test('signs without its file, named by its public half', async () => {
    expect(add()).toBe(0);
    await rm(alice.privateFile);
    const { id, plan } = await ask();
    const environment = { SSH_AUTH_SOCK: socket };
    const granted = await cli.run(['approvals', 'grant', id, '--key', alice.publicFile], { environment });
    expect(granted).toMatchObject({ code: 0, stdout: expect.stringContaining('granted') });
    expect((await cli.run(['apply', plan])).code).toBe(0);
    expect(existsSync(cli.path('made'))).toBe(true);
  });

  test('that is not there signs nothing', async () => {
    await rm(alice.privateFile);
    const { id } = await ask();
    const environment = { SSH_AUTH_SOCK: socket };
    expect((await cli.run(['approvals', 'grant', id, '--key', alice.publicFile], { environment })).code).toBe(5);
    expect(await statusOf(id)).toBe('pending');
  });
});

describe('a key with a passphrase', () => {
  test('signs for whoever knows it, and for nobody else', async (context) => {
    if (sshKeygen === undefined) context.skip('needs ssh-keygen');
    const key = cli.path('bob');
    spawnSync(sshKeygen ?? '', ['-q', '-t', 'ed25519', '-N', 'correct horse', '-C', '', '-f', key]);
    await enrol('bob', `${key}.pub`);
    const { id } = await ask();
    const asking = async (answer: string) => {
      await writeFile(cli.path('askpass'), `#!/bin/sh\necho '${answer}'\n`);
      await chmod(cli.path('askpass'), 0o755);
      const environment = {
        SSH_ASKPASS: cli.path('askpass'),
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: ':0',
        SSH_AUTH_SOCK: '',
      };
      return (await cli.run(['approvals', 'grant', id, '--key', key], { environment })).code;
    };
    expect([await asking('wrong'), await statusOf(id)]).toEqual([5, 'pending']);
    expect([await asking('correct horse'), await statusOf(id)]).toEqual([0, 'granted']);
  });
});

test('a critical server takes two approvers for what destroys, and one of them twice is one', async () => {
  const bob = await writeKeyFiles(cli.path('bob'), 'bob');
  await enrol('alice', alice.publicFile);
  await enrol('bob', bob.publicFile, '--key', alice.privateFile);
  const inventory = 'servers:\n  - name: localhost\n    reach: [{ executor: local }]\n    criticality: high\n';
  await writeFile(`${cli.home}/inventory.yaml`, inventory, { mode: 0o600 });
  await mkdir(cli.path('old'));
  const { id, plan } = await ask(`rm -r ${cli.path('old')}`);
  const grant = async (key: KeyFiles) => (await cli.run(['approvals', 'grant', id, '--key', key.privateFile])).code;
  expect([await grant(alice), await statusOf(id), (await cli.run(['apply', plan])).code]).toEqual([0, 'pending', 4]);
  expect([await grant(alice), await statusOf(id)]).toEqual([3, 'pending']);
  expect([await grant(bob), await statusOf(id), (await cli.run(['apply', plan])).code]).toEqual([0, 'granted', 0]);
  expect(existsSync(cli.path('old'))).toBe(false);
});

describe('an agent with a shell and a pseudo-terminal', () => {
  /** As script(1) of util-linux does it: a terminal of its own, and whoever types into it. */
  const typed = (words: readonly string[], keys: string) => {
    const command = [process.execPath, cli.path('meshclaw.mjs'), ...words].map((word) => `'${word}'`).join(' ');
    return spawnSync('/usr/bin/script', ['-qec', command, '/dev/null'], {
      input: keys,
      env: { PATH: '/usr/bin:/bin', HOME: cli.folder, TERM: 'xterm', MESHCLAW_HOME: cli.home },
      encoding: 'utf8',
    });
  };

  test('is a human to no rule, and cannot get past a signature', { timeout: 120_000 }, async (context) => {
    if (!existsSync('/usr/bin/script')) context.skip('needs script of util-linux');
    await writeFile(
      cli.path('meshclaw.mjs'),
      `import ${JSON.stringify(new URL('../../dist/bin.js', import.meta.url).href)};\n`,
    );
    await enrol('alice', alice.publicFile);
    await rm(alice.privateFile); // it is not on this machine
    const before = await readFile(`${cli.home}/approvers`, 'utf8');
    const run = typed(['run', 'localhost', `touch ${cli.path('made')}`], 'yes\nyes\n');
    expect(run.status).toBe(4);
    const { approvals } = JSON.parse((await cli.run(['approvals', 'list', '--json'])).stdout);
    const [{ id, plan, subject }] = approvals;
    expect(subject).toMatch(/^human:/); // it is taken for one, and that helps nothing
    const own = await writeKeyFiles(cli.path('own'), 'alice');
    for (const words of [
      ['approvals', 'grant', id],
      ['approvals', 'grant', id, '--key', own.privateFile],
      ['approvals', 'grant', id, '--key', alice.publicFile],
      ['approvers', 'add', 'me', own.publicFile, '--key', own.privateFile],
      ['apply', plan],
    ]) {
      expect([words, typed(words, 'y\nyes\n\nyes\n').status]).not.toEqual([words, 0]);
    }
    expect([await statusOf(id), existsSync(cli.path('made'))]).toEqual(['pending', false]);
    expect(await readFile(`${cli.home}/approvers`, 'utf8')).toBe(before);
  });
});
