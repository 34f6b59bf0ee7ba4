import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '@meshclaw/core';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ssh } from '../ssh/index.js';
import { type LoopbackServer, startLoopbackServer } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'meshclaw-loopback-'));
const executor = ssh();
const call = { executionId: 'exec-1', timeoutMs: 10_000, maxOutputBytes: 65_536 };

function newKey(name: string) {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  writeFileSync(join(folder, name), pem, { mode: 0o600 });
  const key = ssh2.utils.parseKey(pem.toString());
  if (key instanceof Error) throw key;
  return { pem: pem.toString(), line: `${key.type} ${key.getPublicSSH().toString('base64')}` };
}
const [host, own] = [newKey('host'), newKey('own')];
newKey('other');
let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopbackServer({ hostPrivateKey: host.pem, authorizedKey: own.line });
});
afterAll(async () => {
  await executor.close?.();
  await server.stop();
  rmSync(folder, { recursive: true });
});
const open = (identity: string, key = host.line) =>
  executor.open(
    { host: '127.0.0.1', port: server.port, user: 'me', host_key: key, identity_file: join(folder, identity) },
    call,
  );

describe('a server in this process', () => {
  it('runs what it is asked for real, with its exit code and both streams', async () => {
    const session = (await open('own'))._unsafeUnwrap();
    const outcome = await session.perform(command(['sh', '-c', 'echo out; echo err >&2; exit 3']), call);
    expect(outcome._unsafeUnwrap()).toMatchObject({
      kind: 'exited',
      exitCode: 3,
      stdout: { text: 'out\n' },
      stderr: { text: 'err\n' },
    });
    await session.close();
  });

  it('lets in no other key', async () => {
    expect((await open('other'))._unsafeUnwrapErr().kind).toBe('authentication_failed');
  });

  it('has the host key it was given', async () => {
    expect((await open('own', own.line))._unsafeUnwrapErr().kind).toBe('identity_mismatch');
  });
});
