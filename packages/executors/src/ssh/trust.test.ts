import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { action, call, exitOf } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { freePort, type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { offeredHostKeys, ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-trust-'));
const files = { known: join(folder, 'known_hosts'), key: join(folder, 'key') };
let server: Sshd;
let other: Sshd;
beforeAll(async () => {
  if (whyNoSshd() !== undefined) return;
  [server, other] = await Promise.all([startSshd(), startSshd()]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([server?.stop(), other?.stop()]);
});

/** Opens with the settings as they are given, and closes everything again. */
async function openWith(more: Record<string, unknown>, timeoutMs = 10_000) {
  const executor = ssh();
  const entry = Object.entries({ ...server.settings(), ...more }).filter(([, value]) => value !== undefined);
  const opened = await executor.open(executor.settings.parse(Object.fromEntries(entry)), call({ timeoutMs }));
  const identity = opened.map((session) => session.identity);
  await executor.close?.();
  return identity;
}
const logins = () => server.log().match(/Accepted publickey/g)?.length ?? 0;
const knownHosts = (text: string) => {
  writeFileSync(files.known, text);
  return { host_key: undefined, known_hosts: files.known };
};

describe('a host key', () => {
  itHere('that is pinned is part of the identity, and so is the account', async () => {
    const fingerprint = execFileSync('ssh-keygen', ['-lf', join(server.folder, 'host_ed25519.pub')], {
      encoding: 'utf8',
    });
    const identity = (await openWith({}))._unsafeUnwrap();
    expect(fingerprint).toContain(identity.replace(/^ssh:.*@/, ''));
    expect(identity).toBe(`ssh:${server.settings().user}@${fingerprint.split(' ')[1]}`);
  });

  itHere('that nobody knows is refused before anything is sent, and the way to enrol is told', async () => {
    const error = (await openWith({ ...knownHosts(''), port: await freePort() }))._unsafeUnwrapErr();
    expect(error).toMatchObject({ kind: 'invalid_settings', message: expect.stringContaining('meshclaw enrol') });
  });

  itHere('that is not the pinned one is refused before any login', async () => {
    const before = logins();
    const error = (await openWith({ host_key: other.hostKey }))._unsafeUnwrapErr();
    expect(error).toMatchObject({ kind: 'identity_mismatch', known: [expect.stringMatching(/^SHA256:/)] });
    expect(error).toHaveProperty('shown', expect.stringMatching(/^SHA256:/));
    expect(logins()).toBe(before);
  });

  itHere('is known by a file, also of the kind that the server would not show first', async () => {
    const ecdsa = readFileSync(join(server.folder, 'host_ecdsa.pub'), 'utf8');
    expect((await openWith(knownHosts(`[127.0.0.1]:${server.port} ${ecdsa}`))).isOk()).toBe(true);
  });

  itHere('of another kind than the known one is refused', async () => {
    const rsa = join(folder, 'rsa');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-N', '', '-f', rsa]);
    const known = knownHosts(`[127.0.0.1]:${server.port} ${readFileSync(`${rsa}.pub`, 'utf8')}`);
    expect((await openWith(known))._unsafeUnwrapErr().kind).toBe('identity_mismatch');
  });

  itHere('that is revoked is refused although it is pinned', async () => {
    const revoked = knownHosts(`@revoked * ${server.hostKey}`);
    expect((await openWith({ ...revoked, host_key: server.hostKey }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'identity_mismatch',
      message: expect.stringContaining('revoked'),
    });
  });

  itHere('is not trusted for the sake of an authority', async () => {
    const error = (await openWith(knownHosts(`@cert-authority * ${server.hostKey}`)))._unsafeUnwrapErr();
    expect(error).toMatchObject({ kind: 'invalid_settings', message: expect.stringContaining('certificate') });
  });

  itHere('is refused when the named file is missing or anybody may write to it', async () => {
    const known = knownHosts(`* ${server.hostKey}`);
    chmodSync(files.known, 0o666);
    expect((await openWith(known))._unsafeUnwrapErr().kind).toBe('invalid_settings');
    chmodSync(files.known, 0o644);
    expect((await openWith({ ...known, known_hosts: join(folder, 'absent') }))._unsafeUnwrapErr().kind).toBe(
      'invalid_settings',
    );
  });

  itHere('is looked up again for each session, also on a connection that is kept', async () => {
    const executor = ssh();
    const settings = executor.settings.parse({
      ...server.settings(),
      ...knownHosts(`[127.0.0.1]:${server.port} ${server.hostKey}`),
    });
    await (await executor.open(settings, call()))._unsafeUnwrap().close();
    writeFileSync(files.known, `[127.0.0.1]:${server.port} ${other.hostKey}`);
    expect((await executor.open(settings, call()))._unsafeUnwrapErr().kind).toBe('identity_mismatch');
    await executor.close?.();
  });
});

describe('asking for host keys', () => {
  itHere('answers each kind with what pins it, and logs in nowhere', async () => {
    const before = logins();
    const keys = (await offeredHostKeys({ host: '127.0.0.1', port: server.port }, call()))._unsafeUnwrap();
    expect(keys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
    expect(keys[0]?.hostKey).toBe(server.hostKey);
    const printed = execFileSync('ssh-keygen', ['-lf', join(server.folder, 'host_ecdsa.pub')], { encoding: 'utf8' });
    expect(printed).toContain(keys[1]?.fingerprint);
    expect(logins()).toBe(before);
    for (const { hostKey, knownHostsLine } of keys) {
      expect((await openWith({ host_key: hostKey })).isOk()).toBe(true);
      expect((await openWith(knownHosts(`${knownHostsLine}\n`))).isOk()).toBe(true);
    }
  });
});

describe('a login', () => {
  itHere('with an account that is not there, or a key that is not accepted, is refused as such', async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', files.key]);
    for (const more of [{ user: 'nobody-here' }, { identity_file: files.key }])
      expect((await openWith(more))._unsafeUnwrapErr().kind).toBe('authentication_failed');
  });

  itHere('with a key file that is encrypted, open to others, absent or no key says which', async () => {
    const encrypted = join(folder, 'encrypted');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', encrypted]);
    writeFileSync(join(folder, 'text'), 'no key', { mode: 0o600 });
    writeFileSync(join(folder, 'open'), readFileSync(server.identityFile), { mode: 0o644 });
    const messages = {
      encrypted: /encrypted/,
      text: /no private key/,
      open: /others may read/,
      absent: /cannot be read/,
    };
    for (const [name, message] of Object.entries(messages)) {
      const error = (await openWith({ identity_file: join(folder, name) }))._unsafeUnwrapErr();
      expect(error).toMatchObject({ kind: 'invalid_settings', message: expect.stringMatching(message) });
    }
  });

  /** With an agent that holds these keys. */
  async function withAgent<T>(keys: readonly string[], use: () => Promise<T>): Promise<T> {
    const socket = join(folder, `agent-${Math.random()}`);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => agent.stdout.once('data', resolve));
    const before = process.env.SSH_AUTH_SOCK;
    try {
      process.env.SSH_AUTH_SOCK = socket;
      for (const key of keys) execFileSync('ssh-add', ['-q', key], { stdio: 'ignore' });
      return await use();
    } finally {
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
      agent.kill();
      await new Promise((resolve) => agent.once('exit', resolve));
    }
  }

  itHere('takes the keys of an agent where no file is named', async () => {
    const opened = await withAgent([server.identityFile], () => openWith({ identity_file: undefined }));
    expect(opened.isOk()).toBe(true);
  });

  itHere('with a key file that is encrypted takes that key of the agent and no other', async () => {
    const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
      return join(folder, name);
    });
    const encrypted = join(folder, 'locked');
    writeFileSync(encrypted, readFileSync(server.identityFile), { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', encrypted]);
    // Six others come first: a server ends the login at the sixth key it does not accept (MaxAuthTries).
    const [opened, bare, missing] = await withAgent([...others, server.identityFile], async () => [
      await openWith({ identity_file: encrypted }),
      await openWith({ identity_file: join(server.folder, 'identity.pub') }),
      await withAgent(others, () => openWith({ identity_file: encrypted })),
    ]);
    expect([opened?.isOk(), bare?.isOk()]).toEqual([true, true]);
    expect(missing?._unsafeUnwrapErr()).toMatchObject({
      kind: 'invalid_settings',
      message: expect.stringContaining('ssh-add'),
    });
  });

  itHere('with an encrypted key of an older format finds its public half beside it', async () => {
    const old = join(folder, 'old');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', '', '-f', old]);
    writeFileSync(join(server.folder, 'authorized_keys'), readFileSync(`${old}.pub`), { flag: 'a' });
    const opened = await withAgent([old], () => {
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-m', 'PEM', '-f', old]);
      return openWith({ identity_file: old });
    });
    expect(opened.isOk()).toBe(true);
  });
});

describe('a connection', () => {
  itHere('is kept for the next session and made once for many', async () => {
    const executor = ssh();
    const before = logins();
    const settings = executor.settings.parse(server.settings());
    const sessions = await Promise.all([1, 2, 3, 4].map(() => executor.open(settings, call())));
    for (const session of sessions) await session._unsafeUnwrap().close();
    const again = (await executor.open(settings, call()))._unsafeUnwrap();
    expect((await exitOf(again, action(['echo', 'fine']))).stdout.text).toBe('fine\n');
    expect(logins()).toBe(before + 1);
    await executor.close?.();
  });

  itHere('does not keep the process alive once its sessions are closed', async () => {
    const executor = ssh();
    const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await vi.waitFor(() => expect(handles()).toBe(0));
    const session = (await executor.open(executor.settings.parse(server.settings()), call()))._unsafeUnwrap();
    await exitOf(session, action(['true']));
    expect(handles()).toBe(1);
    await session.close();
    expect(handles()).toBe(0);
    await executor.close?.();
  });
});
