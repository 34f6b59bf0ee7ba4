/** A server of our own that breaks the protocol on purpose. What it is not told to break, it does: commands run with a real shell. */

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';

/** What a server is asked when a line is to be run. */
export interface Asked {
  /** Which line on this connection; the first is MeshClaw's own question. */
  readonly index: number;
  readonly line: string;
  readonly client: Connection;
  readonly refuse: () => void;
  readonly accept: () => ServerChannel;
  /** Runs it with a real shell, and ends the channel as a server should. */
  readonly run: () => void;
}
/** What is odd about it. */
export interface Oddity {
  readonly login?: (context: AuthContext, client: Connection) => void;
  readonly session?: (index: number, reject: () => void) => boolean;
  readonly line?: (asked: Asked) => void;
}

/** Starts one; the settings reach it. */
export async function startOddServer({ login, session, line }: Oddity) {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-odd-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error) throw key;
  writeFileSync(join(folder, 'identity'), pem, { mode: 0o600 });
  const server = new ssh2.Server({ hostKeys: [pem] }, (client) => {
    let [lines, sessions] = [0, 0];
    client.on('error', () => undefined);
    client.on('authentication', (context) => (login === undefined ? context.accept() : login(context, client)));
    client.on('session', (accept, reject) => {
      sessions += 1;
      if (session?.(sessions - 1, () => reject?.()) === true) return;
      accept().on('exec', (acceptLine, rejectLine, { command }) => {
        const asked: Asked = {
          index: lines,
          line: command,
          client,
          refuse: () => rejectLine?.(),
          accept: () => acceptLine(),
          run: () => perform(acceptLine(), command),
        };
        lines += 1;
        if (line === undefined || asked.index === 0) asked.run();
        else line(asked);
      });
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return {
    settings: {
      host: '127.0.0.1',
      port,
      user: 'odd',
      host_key: `ssh-rsa ${key.getPublicSSH().toString('base64')}`,
      identity_file: join(folder, 'identity'),
    },
    stop: () =>
      new Promise<void>((resolve) => {
        rmSync(folder, { recursive: true });
        server.close(() => resolve());
      }),
  };
}

function perform(channel: ServerChannel, line: string): void {
  const child = spawn('/bin/sh', ['-c', line], { env: { HOME: '/', PATH: '/usr/bin:/bin' }, detached: true });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk) => channel.write(chunk));
  child.stderr.on('data', (chunk) => channel.stderr.write(chunk));
  child.once('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}
