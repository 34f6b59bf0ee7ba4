/** The demo's own server on loopback: a private OpenSSH server where one can be used, else one in this process. Both run real commands as the account that runs the demo. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, parseAuthorizedKey } from '@meshclaw/core';
import { ssh } from '@meshclaw/executors/ssh';
import { startLoopbackServer, startOpenSshServer } from '@meshclaw/executors/ssh-server';
import { makeKeyPair } from '../home/ssh-private-key.js';

/** A server that runs. `settings` are those of an inventory entry that reaches it by ssh. */
export interface DemoServer {
  readonly kind: 'OpenSSH' | 'in this process';
  readonly settings: JsonObject;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  stop(): Promise<void>;
}

const LOGIN_MS = 10_000;

/** Starts it with keys of its own in `folder`. Rejects when neither way works. */
export async function startDemoServer(folder: string): Promise<DemoServer> {
  mkdirSync(folder, { mode: 0o700 });
  const [host, login] = [makeKeyPair('demo-server'), makeKeyPair('demo-login')];
  const files = { host: join(folder, 'host_key'), login: join(folder, 'login_key'), allowed: join(folder, 'allowed') };
  writeFileSync(files.host, host.privateKey, { mode: 0o600 });
  writeFileSync(files.login, login.privateKey, { mode: 0o600 });
  writeFileSync(files.allowed, login.publicKey, { mode: 0o600 });
  const fingerprint = parseAuthorizedKey(host.publicKey)?.fingerprint ?? '';
  const settingsAt = (port: number) => ({
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    identity_file: files.login,
  });
  const openssh = await startOpenSshServer({ folder, hostKeyFile: files.host, authorizedKeysFile: files.allowed });
  if (openssh && (await letsIn({ ...settingsAt(openssh.port), host_key: keyOf(host.publicKey) }))) {
    return { kind: 'OpenSSH', settings: settingsAt(openssh.port), fingerprint, stop: openssh.stop };
  }
  await openssh?.stop();
  const own = await startLoopbackServer({ hostPrivateKey: host.privateKey, authorizedKey: login.publicKey });
  return { kind: 'in this process', settings: settingsAt(own.port), fingerprint, stop: own.stop };
}

/** Type and key, without the comment. */
const keyOf = (publicKey: string): string => publicKey.split(' ').slice(0, 2).join(' ');

/** Some systems keep accounts locked or shells closed: then this is no server for a demo. */
async function letsIn(settings: Parameters<ReturnType<typeof ssh>['open']>[0]): Promise<boolean> {
  const executor = ssh();
  const call = { executionId: 'demo', timeoutMs: LOGIN_MS, maxOutputBytes: 1_024 };
  const session = await executor.open(settings, call);
  await executor.close?.();
  return session.isOk();
}
