/** The demo's own server on loopback: a private OpenSSH server where one is installed, else one in this process. Both run real commands as the account that runs the demo. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, parseAuthorizedKey } from '@meshclaw/core';
import { ssh } from '@meshclaw/executors/ssh';
import { makeKeyPair } from '../home/ssh-private-key.js';

/** A server that runs. `settings` are those of an inventory entry that reaches it by ssh. */
export interface DemoServer {
  readonly kind: 'OpenSSH' | 'in this process';
  readonly settings: JsonObject;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';
const START_MS = 10_000;

interface Files {
  readonly host: string;
  readonly allowed: string;
}
type SettingsAt = (port: number) => Parameters<ReturnType<typeof ssh>['open']>[0];

/** Starts it with keys of its own in `folder`. Rejects when neither way works. */
export async function startDemoServer(folder: string): Promise<DemoServer> {
  mkdirSync(folder, { mode: 0o700 });
  const [host, login] = [makeKeyPair('demo-server'), makeKeyPair('demo-login')];
  const files = { host: join(folder, 'host_key'), login: join(folder, 'login_key'), allowed: join(folder, 'allowed') };
  writeFileSync(files.host, host.privateKey, { mode: 0o600 });
  writeFileSync(files.login, login.privateKey, { mode: 0o600 });
  writeFileSync(files.allowed, `${login.publicKey.trim()}\n`, { mode: 0o600 });
  const fingerprint = parseAuthorizedKey(host.publicKey)?.fingerprint ?? '';
  const settingsAt = (port: number) => ({
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    identity_file: files.login,
  });
  const hostKey = host.publicKey.split(' ').slice(0, 2).join(' ');
  const openssh = await startOpenSsh(folder, files, (port) => ({ ...settingsAt(port), host_key: hostKey }));
  if (openssh) return { kind: 'OpenSSH', settings: settingsAt(openssh.port), fingerprint, stop: openssh.stop };
  const { startLoopbackServer } = await import('@meshclaw/executors/ssh-server');
  const own = await startLoopbackServer({ hostPrivateKey: host.privateKey, authorizedKey: login.publicKey });
  return { kind: 'in this process', settings: settingsAt(own.port), fingerprint, stop: own.stop };
}

type Started = { readonly port: number; stop(): Promise<void> } | undefined;

/** Root's sshd wants a folder below /run: in a mount namespace of its own it gets one, and the machine's is not touched. */
const AS_ROOT = 'mount -t tmpfs -o mode=755 none /run && mkdir /run/sshd && exec "$0" "$@"';

async function startOpenSsh(folder: string, files: Files, settingsAt: SettingsAt): Promise<Started> {
  if (!existsSync(SSHD)) return undefined;
  const port = await freePort();
  const configuration = join(folder, 'sshd_config');
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${files.host}`,
    `AuthorizedKeysFile ${files.allowed}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const sshd = [SSHD, '-D', '-e', '-f', configuration];
  const isolated = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', AS_ROOT, ...sshd];
  const [program = SSHD, ...words] = process.getuid?.() === 0 ? isolated : sshd;
  const server = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => ending(server);
  if ((await listens(server)) && (await letsIn(settingsAt(port)))) return { port, stop };
  await stop();
  return undefined;
}

/** Some systems keep accounts locked or shells closed: then this is no server for a demo. */
async function letsIn(settings: ReturnType<SettingsAt>): Promise<boolean> {
  const executor = ssh();
  const call = { executionId: 'demo', timeoutMs: START_MS, maxOutputBytes: 1_024 };
  const session = await executor.open(settings, call);
  await executor.close?.();
  return session.isOk();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

function listens(server: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), START_MS);
    let said = '';
    server.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Server listening on')) resolve(true);
    });
    server.once('error', () => resolve(false));
    server.once('close', () => {
      clearTimeout(late);
      resolve(false);
    });
  });
}

function ending(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('close', () => resolve());
    server.kill('SIGTERM');
  });
}
