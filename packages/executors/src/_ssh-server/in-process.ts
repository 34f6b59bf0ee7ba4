/** An SSH server in this process that runs what it is asked for real, as the account this process has. It listens on loopback alone and lets in one key: for demonstrations and tests where no OpenSSH server is installed. */

import { spawn } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import type { Connection, ParsedKey, PublicKeyAuthContext, ServerChannel } from 'ssh2';

export interface LoopbackServerOptions {
  /** The server's own key, unencrypted, as OpenSSH writes it. */
  readonly hostPrivateKey: string;
  /** The public key that may log in, in one line, as in a `.pub` file. */
  readonly authorizedKey: string;
}
export interface LoopbackServer {
  readonly port: number;
  /** Ends every connection and the server. */
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. Rejects when a key cannot be read or nothing can listen. */
export async function startLoopbackServer({
  hostPrivateKey,
  authorizedKey,
}: LoopbackServerOptions): Promise<LoopbackServer> {
  const { default: ssh2 } = await import('ssh2');
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if (allowed instanceof Error) throw allowed;
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostPrivateKey] }, (client) => {
    connections.add(client);
    client.on('close', () => connections.delete(client));
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      if (context.method === 'publickey' && mayLogIn(context, allowed)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptLine, _, { command }) => perform(acceptLine(), command));
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { readonly port: number }).port));
  });
  return {
    port,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const client of connections) client.end();
        server.close(() => resolve());
      }),
  };
}

/** Without a signature it is only the question whether the key would do (RFC 4252 §7). */
function mayLogIn({ key, signature, blob, hashAlgo }: PublicKeyAuthContext, allowed: ParsedKey): boolean {
  if (key.algo !== allowed.type || !key.data.equals(allowed.getPublicSSH())) return false;
  return signature === undefined || (blob !== undefined && allowed.verify(blob, signature, hashAlgo) === true);
}

function perform(channel: ServerChannel, line: string): void {
  const child = spawn('/bin/sh', ['-c', line], { detached: true, env: cleanEnvironment() });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined); // a command that does not read
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('signal', (name: string) => child.kill(`SIG${name}` as NodeJS.Signals));
  channel.once('close', () => child.stdin.destroy());
  child.once('error', () => channel.exit(127));
  child.once('close', (code, signal) => {
    if (code === null) channel.exit((signal ?? 'SIGKILL').slice(3), false, '');
    else channel.exit(code);
    channel.end();
  });
}

/** What a login gives; nothing of this process. */
const cleanEnvironment = () => ({
  HOME: homedir(),
  LOGNAME: userInfo().username,
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
});
