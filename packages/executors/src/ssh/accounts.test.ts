import type { CommandAction, ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { call, exitOf, script } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { type Account, hasProgram, type Sshd, startSshd, whyNoAccounts } from './_testing/sshd.js';
import { ssh } from './index.js';

const why = whyNoAccounts();
const NOISE = 'echo "Welcome! Last login: never"; echo "rc: warning" >&2';
const HOSTILE = [
  NOISE,
  'export PATH=/nowhere IFS=o LC_ALL=xx BASH_ENV=/nonexistent MESHCLAW_RC=leaked',
  'printf() { builtin printf hijacked; }; export -f printf; alias exec=false; set -u',
  'trap "echo goodbye" EXIT',
].join('\n');
const CSH = 'echo "Welcome"; setenv PATH /nowhere; setenv MESHCLAW_RC leaked; alias env echo hijacked; set noclobber';
const FISH = 'echo "Welcome"; echo warning >&2; set -gx PATH /nowhere; set -gx MESHCLAW_RC leaked';
const accounts: readonly Account[] = [
  { name: 'sh', shell: '/bin/sh' },
  { name: 'bash', shell: '/bin/bash', files: { '.bashrc': HOSTILE, '.bash_logout': NOISE } },
  { name: 'csh', shell: '/bin/csh', files: { '.cshrc': CSH } },
  { name: 'tcsh', shell: '/bin/tcsh', files: { '.tcshrc': CSH } },
  { name: 'fish', shell: '/usr/bin/fish', files: { '.config/fish/config.fish': FISH } },
  { name: 'nologin', shell: '/usr/sbin/nologin' },
  { name: 'restricted', shell: '/bin/rbash' },
  { name: 'hijacked', shell: '/bin/tcsh', files: { '.tcshrc': 'alias exec echo hijacked' } },
  { name: 'muted', shell: '/bin/bash', files: { '.bashrc': 'exec >/dev/null 2>&1' } },
];
const AWKWARD = [
  '',
  ' ',
  "it's",
  '!!',
  '!$ !-1 ^a^b',
  '\\',
  '\\\\',
  "\\'",
  'a\nb\n',
  '\n',
  '\r\n\t',
  '$HOME `id` $(id)',
  '{a,b} ~ * ?',
  '%s%n',
  '+x',
  '-x',
  '--',
  'żółć 🦀',
  "'; exit 7; '",
  '\u0001\u007f',
  '#no comment',
  '\\0101',
];
const BRACKETS = 'for word; do printf "[%s]\\n" "$word"; done';

let server: Sshd;
const executor = ssh();
beforeAll(async () => {
  if (why === undefined) server = await startSshd({ accounts });
});
afterAll(async () => {
  await executor.close?.();
  await server?.stop();
});

const open = (user: string) => executor.open(executor.settings.parse(server.settings(user)), call());
const session = async (user: string): Promise<ExecutorSession> => (await open(user))._unsafeUnwrap();

describe('an account', () => {
  for (const { name, shell } of accounts.slice(0, 5)) {
    const itHere = itUnless(why ?? (hasProgram(shell) ? undefined : `${shell} is not installed`));
    describe(`whose login shell is ${name}`, () => {
      itHere('gets every word as it was written', async () => {
        const { stdout, stderr, exitCode } = await exitOf(await session(name), script(BRACKETS, ...AWKWARD));
        expect(stdout.text).toBe(AWKWARD.map((word) => `[${word}]\n`).join(''));
        expect([stderr.text, exitCode]).toEqual(['', 0]);
      });

      itHere('gets a word of 100 kB, input, a folder and an exit code', async () => {
        const action: CommandAction = {
          ...script('printf %s "$1" | wc -c; pwd; cat; printf err >&2; exit 9', 'x'.repeat(100_000)),
          stdin: 'in',
          cwd: '/usr',
        };
        const { stdout, stderr, exitCode } = await exitOf(await session(name), action);
        expect([stdout.text, stderr.text, exitCode]).toEqual(['100000\n/usr\nin', 'err', 9]);
      });

      itHere('sees nothing that start-up files set or print', async () => {
        const { stdout, stderr } = await exitOf(await session(name), script('env'));
        const names = stdout.text.match(/^\w+(?==)/gm)?.filter((one) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(one));
        expect(names?.sort()).toEqual(['HOME', 'LC_ALL', 'MESHCLAW_EXECUTION', 'PATH']);
        expect(stdout.text).toContain(`HOME=${server.folder}/home/${name}\n`);
        expect(stderr.text).toBe('');
      });
    });
  }

  const itHere = itUnless(why);
  itHere('with nologin runs nothing and is told so', async () => {
    expect((await open('nologin'))._unsafeUnwrapErr()).toMatchObject({ kind: 'not_started' });
  });
  itUnless(why ?? (hasProgram('/bin/tcsh') ? undefined : 'tcsh is not installed'))(
    'whose start-up files make something else of the line is refused',
    async () => {
      expect((await open('hijacked'))._unsafeUnwrapErr()).toMatchObject({ kind: 'not_started' });
    },
  );
  itHere('with a restricted shell runs nothing and is told so', async () => {
    expect((await open('restricted'))._unsafeUnwrapErr()).toMatchObject({ kind: 'not_started' });
  });
  itHere('whose start-up files swallow all output is refused before anything is run', async () => {
    expect((await open('muted'))._unsafeUnwrapErr()).toMatchObject({ kind: 'not_started' });
  });
});
