/** A real sshd on loopback that lets nobody in, for tests about its host keys. Nothing of the machine's own is used. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Why there can be none here; undefined when there can. */
export const whyNoSshd = (): string | undefined =>
  SSHD === undefined || !existsSync('/usr/bin/ssh-keygen') ? 'needs OpenSSH: sshd and ssh-keygen' : undefined;

export interface TestSshd {
  readonly port: number;
  /** By type, as `ssh-ed25519`: one line of a .pub file and its fingerprint as ssh-keygen prints it. */
  readonly keys: Readonly<Record<string, { readonly line: string; readonly fingerprint: string }>>;
  /** Ends it and starts another at the same port, with other keys. */
  renew(): Promise<TestSshd>;
  stop(): Promise<void>;
}

/** Starts one with an Ed25519 and an ECDSA key. */
export async function startSshd(port?: number): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-sshd-'));
  const files = ['ed25519', 'ecdsa'].map((type) => makeKey(join(folder, type), type));
  const at = port ?? (await freePort());
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // sshd as root insists on it
  const words = ['-D', '-e', '-f', '/dev/null', ...files.flatMap((file) => ['-h', file])];
  const options = ['ListenAddress=127.0.0.1', `Port=${at}`, 'PidFile=none', 'UsePAM=no', 'PasswordAuthentication=no'];
  const child = spawn(SSHD ?? '', [...words, ...options.flatMap((option) => ['-o', option])], { stdio: 'ignore' });
  await untilListening(child, at);
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const renew = async () => {
    await stop();
    return startSshd(at);
  };
  return { port: at, keys: Object.fromEntries(await Promise.all(files.map(described))), renew, stop };
}

function makeKey(file: string, type: string): string {
  execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', '-f', file]);
  return file;
}

async function described(file: string) {
  const [type = '', base64 = ''] = (await readFile(`${file}.pub`, 'utf8')).trim().split(' ');
  const printed = execFileSync('/usr/bin/ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' });
  return [type, { line: `${type} ${base64}`, fingerprint: printed.split(' ')[1] ?? '' }] as const;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended with exit code ${child.exitCode}`);
    await sleep(20);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('data', () => end(true))
      .once('error', () => end(false))
      .once('close', () => end(false));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
