import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { action, call, exitOf } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-config-'));
const config = join(folder, 'config');
const known = join(folder, 'known_hosts');
let [server, bastion]: (Sshd | undefined)[] = [];
beforeAll(async () => {
  if (whyNoSshd() !== undefined) return;
  [server, bastion] = await Promise.all([startSshd(), startSshd()]);
  writeFileSync(known, [server, bastion].map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join(''));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([server?.stop(), bastion?.stop()]);
});

/** Opens `web` as the lines of a configuration have it. */
async function openWith(lines: readonly string[], more: Record<string, unknown> = {}) {
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  const executor = ssh();
  const settings = executor.settings.parse({ host: 'web', ssh_config: config, known_hosts: known, ...more });
  const opened = await executor.open(settings, call({ timeoutMs: 10_000 }));
  const said = opened.isOk() ? (await exitOf(opened.value, action(['echo', 'here']))).stdout.text.trim() : opened.error;
  await executor.close?.();
  return { said, identity: opened.map(({ identity }) => identity).unwrapOr('') };
}
const block = (name: string, { port, identityFile, settings }: Sshd): readonly string[] => [
  `Host ${name}`,
  '  HostName 127.0.0.1',
  `  Port ${port}`,
  `  User ${settings().user}`,
  `  IdentityFile ${identityFile}`,
];
const web = () => block('web', server as Sshd);
const loginsOn = (sshd: Sshd | undefined) => sshd?.log().match(/Accepted publickey/g)?.length ?? 0;

describe('an ssh configuration that an entry names', () => {
  itHere('tells address, port, account and key', async () => {
    const { said, identity } = await openWith(web());
    expect(said).toBe('here');
    expect(identity).toContain(`ssh:${(server as Sshd).settings().user}@SHA256:`);
  });

  itHere('tells the way through other servers, each by its own name in it', async () => {
    const before = loginsOn(bastion);
    const lines = [...web(), '  ProxyJump gate', ...block('gate', bastion as Sshd)];
    expect((await openWith(lines)).said).toBe('here');
    expect(loginsOn(bastion)).toBe(before + 1);
  });

  itHere('may give those servers a way of their own, and one that goes in a circle is an error', async () => {
    const lines = [...web(), '  ProxyJump gate', ...block('gate', bastion as Sshd), '  ProxyJump web'];
    expect((await openWith(lines)).said).toMatchObject({ kind: 'invalid_settings', host: expect.any(String) });
  });

  itHere('is second to what the entry says itself', async () => {
    const { port, identityFile } = server as Sshd;
    const lines = [...block('web', bastion as Sshd), '  ProxyCommand false'];
    const own = { port, identity_file: identityFile, host_key: (server as Sshd).hostKey, jump: [{ host: 'gate' }] };
    const [before, beforeGate] = [loginsOn(server), loginsOn(bastion)];
    expect((await openWith([...lines, ...block('gate', bastion as Sshd)], own)).said).toBe('here');
    expect([loginsOn(server), loginsOn(bastion)]).toEqual([before + 1, beforeGate + 1]);
  });

  itHere('trusts no host key and allows no unknown server', async () => {
    const lines = [...web(), '  StrictHostKeyChecking no', '  UserKnownHostsFile /dev/null'];
    writeFileSync(join(folder, 'nobody'), '');
    const { said } = await openWith(lines, { known_hosts: join(folder, 'nobody') });
    expect(said).toMatchObject({ kind: 'invalid_settings', message: expect.stringContaining('not known') });
  });

  itHere('passes over a suggested key that is not there', async () => {
    expect((await openWith([...web(), `  IdentityFile ${join(folder, 'absent')}`])).said).toBe('here');
  });
});

describe('what would have to be executed', () => {
  itHere('to decide a condition is refused, and is not executed', async () => {
    const trace = join(folder, 'trace-match');
    const { said } = await openWith([`Match exec "touch ${trace}"`, '  User root', ...web()]);
    expect(said).toMatchObject({
      kind: 'invalid_settings',
      message: expect.stringContaining('nothing is executed'),
      problems: [{ file: config, line: 1, text: expect.stringContaining('Match exec') }],
    });
    expect(existsSync(trace)).toBe(false);
  });

  itHere('to connect is refused, and is not executed', async () => {
    const trace = join(folder, 'trace-command');
    const { said } = await openWith([...web(), `  ProxyCommand sh -c "touch ${trace}"`]);
    expect(said).toMatchObject({ kind: 'invalid_settings', message: expect.stringContaining('ProxyCommand') });
    expect(existsSync(trace)).toBe(false);
  });
});

describe('a configuration that cannot be relied on', () => {
  itHere('is an error: one that is not there, that others may write to, or that cannot be read', async () => {
    expect((await openWith(web(), { ssh_config: join(folder, 'none') })).said).toMatchObject({
      kind: 'invalid_settings',
    });
    expect((await openWith(['Host "web'])).said).toMatchObject({ problems: [{ file: config, line: 1 }] });
    const open = join(folder, 'open');
    writeFileSync(open, web().join('\n'));
    chmodSync(open, 0o666);
    expect((await openWith([`Include ${open}`])).said).toMatchObject({
      problems: [{ file: open, text: expect.stringContaining('write') }],
    });
  });
});
