import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandAction } from '@meshclaw/core';
import { fileChmod } from '@meshclaw/workflows/operations';
import { beforeAll, describe, expect, test } from 'vitest';
import { useLab } from './index.js';

const lab = useLab(1);
const bin = fileURLToPath(new URL('../../packages/meshclaw/dist/bin.js', import.meta.url));
const before = { exists: true, type: 'file', mode: '644', uid: 0, gid: 0, device: '1', inode: '2' } as const;
const action = fileChmod.action(
  { path: '/data/secret', mode: '0600', as: 'root' },
  { os: 'linux', init: 'systemd', packages: 'apt', userland: 'gnu' },
  before as never,
) as CommandAction;
const [, , script = '', , ...parameters] = action.argv;

const quoted = (words: readonly string[]) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
/** Whether sudo on the host would let `ops` run these words as root, for each of several commands. */
async function allowed(...commands: readonly (readonly string[])[]): Promise<readonly boolean[]> {
  const lines = commands.map((words) => `sudo -n -l -- ${quoted(words)} >/dev/null 2>&1; echo $?`);
  const { stdout } = await lab.host(1).run(lines.join('\n'), 'ops');
  return stdout
    .trimEnd()
    .split('\n')
    .map((code) => code === '0');
}
const call = (text: string, ...words: readonly string[]) => ['sh', '-c', text, 'meshclaw', ...words];

describe('the drop-in of `meshclaw server sudoers`, on a real host', () => {
  beforeAll(async () => {
    if (!existsSync(bin)) throw new Error('packages/meshclaw is not built: run "node scripts/build.mjs"');
  });

  test('lets the login run exactly the operation’s script, and nothing that differs from it by a byte', async () => {
    expect(await allowed(call(script, ...parameters))).toEqual([false]);
    const words = [bin, 'server', 'sudoers', 'localhost', '--login', 'ops', '--operation', 'file.chmod'];
    const environment = { ...process.env, MESHCLAW_HOME: '/nonexistent/meshclaw' };
    const bytes = execFileSync(process.execPath, words, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    const install = `echo ${bytes.toString('base64')} | base64 -d > /root/drop-in && visudo -cf /root/drop-in && install -m 0440 /root/drop-in /etc/sudoers.d/meshclaw`;
    expect(await lab.host(1).run(install)).toMatchObject({ code: 0 });

    const fitting = [call(script, ...parameters), call(script, '/a b', "it's", '*\n')];
    expect(await allowed(...fitting)).toEqual([true, true]);
    expect(script.split('\n').length).toBeGreaterThan(2);
    const joined = ['\t', ' ', ';', '\r', '\u000b', '\u0001', '\u001b', '\u007f'].map((character) =>
      script.replaceAll('\n', character),
    );
    const texts = [...joined, `${script}\nid`, script.slice(1), 'id'].map((text) => call(text, ...parameters));
    const others = [['sh', '-c', script, 'other', ...parameters], ['sh'], ['/usr/bin/env', 'true']];
    expect(await allowed(...texts, ...others)).toEqual([...texts, ...others].map(() => false));
    const upper = `S=$(echo ${Buffer.from(script).toString('base64')} | base64 -d | tr '\\n' '\\377'); sudo -n -l -- sh -c "$S" meshclaw a`;
    expect((await lab.host(1).run(upper, 'ops')).code).not.toBe(0);
  });

  test('is enough for the operation to be done', async () => {
    await lab.host(1).run('echo x > /data/secret; chmod 644 /data/secret');
    const { stdout } = await lab.host(1).run("stat -c '%f %d %i %u %g' /data/secret");
    const done = await lab
      .host(1)
      .run(`sudo -n -- sh -c ${quoted([script])} meshclaw /data/secret 0600 '${stdout.trim()}'`, 'ops');
    expect(done).toMatchObject({ code: 0, stdout: 'changed\n' });
    expect((await lab.host(1).run('stat -c %a /data/secret')).stdout).toBe('600\n');
  });
});
