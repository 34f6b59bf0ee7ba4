/** A private OpenSSH server on loopback, with keys, port and configuration of its own, as the account this process has. Touches nothing of the machine. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { LoopbackServer } from './in-process.js';

export interface OpenSshOptions {
  /** Where its configuration is written. */
  readonly folder: string;
  /** The file of its own private key. */
  readonly hostKeyFile: string;
  /** The file of the public keys that may log in. */
  readonly authorizedKeysFile: string;
}

const SSHD = '/usr/sbin/sshd';
const START_MS = 10_000;
/** Root's sshd wants a folder below /run: in a mount namespace of its own it gets one. */
const AS_ROOT = 'mount -t tmpfs -o mode=755 none /run && mkdir /run/sshd && exec "$0" "$@"';

/** Starts one on a free port of 127.0.0.1; undefined where none is installed or it does not start. */
export async function startOpenSshServer({
  folder,
  hostKeyFile,
  authorizedKeysFile,
}: OpenSshOptions): Promise<LoopbackServer | undefined> {
  if (!existsSync(SSHD)) return undefined;
  const port = await freePort();
  const configuration = join(folder, 'sshd_config');
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKeyFile}`,
    `AuthorizedKeysFile ${authorizedKeysFile}`,
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
  if (await listens(server)) return { port, stop };
  await stop();
  return undefined;
}

/** A port that was free a moment ago: sshd cannot choose one itself. */
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
    const settle = (isUp: boolean) => {
      clearTimeout(late);
      resolve(isUp);
    };
    let said = '';
    server.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Server listening on')) settle(true);
    });
    server.once('error', () => settle(false));
    server.once('close', () => settle(false));
  });
}

function ending(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('close', () => resolve());
    server.kill('SIGTERM');
  });
}
