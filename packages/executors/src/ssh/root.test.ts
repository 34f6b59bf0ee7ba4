import type { CommandAction, ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { action, call, exitOf, outcomeOf } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { processesWith } from './_testing/processes.js';
import { hasProgram, type Sshd, startSshd, whyNoAccounts } from './_testing/sshd.js';
import { ssh } from './index.js';

const why = whyNoAccounts() ?? (hasProgram('sudo') ? undefined : 'there is no sudo');
const itHere = itUnless(why);
const accounts = [
  { name: 'deploy', shell: '/bin/bash', sudoers: 'ALL=(ALL:ALL) NOPASSWD: ALL' },
  {
    name: 'narrow',
    shell: '/bin/bash',
    sudoers: 'ALL=(root) NOPASSWD: /usr/bin/id -u, /bin/sleep, /usr/bin/sleep, /bin/kill, /usr/bin/kill',
  },
  { name: 'asked', shell: '/bin/bash', sudoers: 'ALL=(ALL:ALL) ALL' },
  { name: 'ops', shell: '/bin/bash' },
];
const root = (argv: CommandAction['argv']) => action(argv, { as: 'root' });

let server: Sshd;
const executor = ssh();
beforeAll(async () => {
  if (why === undefined) server = await startSshd({ accounts });
});
afterAll(async () => {
  await executor.close?.();
  await server?.stop();
});
const session = async (user: string): Promise<ExecutorSession> =>
  (await executor.open(executor.settings.parse(server.settings(user)), call()))._unsafeUnwrap();

describe('root', () => {
  itHere('is the login itself where that is root', async () => {
    expect((await exitOf(await session('root'), root(['id', '-u']))).stdout.text).toBe('0\n');
  });

  itHere('is asked of sudo, in the home and the environment of root', async () => {
    const wanted = root(['sh', '-c', 'id -u; printf "%s\\n" "$HOME" "$1"; cat; exit 3', 'sh', "it's $HOME"]);
    const { stdout, exitCode } = await exitOf(await session('deploy'), { ...wanted, stdin: 'in' });
    expect([stdout.text, exitCode]).toEqual([`0\n${server.folder}/home/root\nit's $HOME\nin`, 3]);
  });

  itHere('is not what the login is for everything else', async () => {
    expect((await exitOf(await session('deploy'), action(['id', '-un']))).stdout.text).toBe('deploy\n');
  });

  itHere('runs exactly what sudo allows to an account that may run some commands', async () => {
    const narrow = await session('narrow');
    expect((await exitOf(narrow, root(['id', '-u']))).stdout.text).toBe('0\n');
    expect((await narrow.perform(root(['id', '-g']), call()))._unsafeUnwrapErr().kind).toBe('not_started');
  });

  itHere('is refused before anything is run where sudo wants a password or knows nothing of the account', async () => {
    for (const user of ['asked', 'ops']) {
      const error = (await (await session(user)).perform(root(['id', '-u']), call()))._unsafeUnwrapErr();
      expect(error).toMatchObject({ kind: 'not_started', message: expect.stringContaining('root') });
    }
  });

  for (const user of ['deploy', 'narrow'])
    itHere(`leaves no process of ${user} behind at the deadline`, async () => {
      const token = `97${Math.floor(Math.random() * 1e8)}`;
      const startedAtMs = performance.now();
      const outcome = await outcomeOf(await session(user), root(['sleep', token]), { timeoutMs: 700 });
      expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.not.stringContaining('still be running') });
      expect(performance.now() - startedAtMs).toBeLessThan(2_700);
      expect(processesWith(token)).toEqual([]);
    });
});
