import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPROVAL_NAMESPACE, allowedSignersLine, verifySshSignature } from '@meshclaw/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeKeyFiles } from '../_testing/approver-key.js';
import { findSshKeygen, signStatement } from './sign.js';

const OURSELVES = '';
const sshKeygen = findSshKeygen();
const STATEMENT = '{"approval":"appr-1","v":1}\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-sign-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const good = (signature: string) => verifySshSignature(signature, STATEMENT, APPROVAL_NAMESPACE) !== undefined;

/** What OpenSSH itself says about a signature. */
async function sshKeygenAgrees(signature: string, line: string, namespace = APPROVAL_NAMESPACE): Promise<boolean> {
  await writeFile(join(folder, 'allowed'), `${line}\n`);
  await writeFile(join(folder, 'signature'), signature);
  const argv = [
    '-Y',
    'verify',
    '-f',
    join(folder, 'allowed'),
    '-I',
    'alice',
    '-n',
    namespace,
    '-s',
    join(folder, 'signature'),
  ];
  return spawnSync(sshKeygen ?? '', argv, { input: STATEMENT }).status === 0;
}

test('our own signature is one', async () => {
  const { privateFile } = await writeKeyFiles(join(folder, 'key'), 'alice');
  const signature = (await signStatement(STATEMENT, privateFile, OURSELVES))._unsafeUnwrap();
  expect(good(signature)).toBe(true);
  expect(verifySshSignature(signature, STATEMENT, 'file')).toBeUndefined();
});

test('a PKCS#8 key signs without ssh-keygen', async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(join(folder, 'key'), pem, { mode: 0o600 });
  expect(good((await signStatement(STATEMENT, join(folder, 'key')))._unsafeUnwrap())).toBe(true);
});

test('OpenSSH reads our key and accepts our signature', async (context) => {
  if (!sshKeygen) context.skip('needs ssh-keygen');
  const { privateFile, approver } = await writeKeyFiles(join(folder, 'key'), 'alice');
  const read = spawnSync(sshKeygen ?? '', ['-y', '-f', privateFile], { encoding: 'utf8' });
  expect(read.stdout).toContain(approver.publicKey);
  const signature = (await signStatement(STATEMENT, privateFile, OURSELVES))._unsafeUnwrap();
  expect(await sshKeygenAgrees(signature, allowedSignersLine(approver))).toBe(true);
  expect(await sshKeygenAgrees(signature, allowedSignersLine(approver), 'file')).toBe(false);
});

test('a key of ssh-keygen signs by it and by ourselves', async (context) => {
  if (!sshKeygen) context.skip('needs ssh-keygen');
  const key = join(folder, 'key');
  spawnSync(sshKeygen ?? '', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  expect(good((await signStatement(STATEMENT, key))._unsafeUnwrap())).toBe(true);
  expect(good((await signStatement(STATEMENT, key, OURSELVES))._unsafeUnwrap())).toBe(true);
});

test('a key with a passphrase is not used without ssh-keygen', async (context) => {
  if (!sshKeygen) context.skip('needs ssh-keygen');
  const key = join(folder, 'key');
  spawnSync(sshKeygen ?? '', ['-q', '-t', 'ed25519', '-N', 'long enough', '-f', key]);
  const error = (await signStatement(STATEMENT, key, OURSELVES))._unsafeUnwrapErr();
  expect(error).toMatchObject({ kind: 'meshclaw.key_unsupported' });
  expect(error.detail).toContain('passphrase');
});

test('a key that others may read is not used', async () => {
  const { privateFile } = await writeKeyFiles(join(folder, 'key'), 'alice');
  await chmod(privateFile, 0o644);
  const error = (await signStatement(STATEMENT, privateFile))._unsafeUnwrapErr();
  expect(error).toMatchObject({ kind: 'meshclaw.key_unreadable', detail: expect.stringContaining('chmod 600') });
});

test.each([
  [
    'an RSA key',
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  ],
  ['a text', () => 'hello\n'],
  ['a cut key', () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n'],
])('%s is refused', async (_, text) => {
  await writeFile(join(folder, 'key'), text(), { mode: 0o600 });
  expect((await signStatement(STATEMENT, join(folder, 'key'), OURSELVES))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.key_unsupported',
  );
});

test('a key file that is not there is said to be so', async () => {
  expect((await signStatement(STATEMENT, join(folder, 'none')))._unsafeUnwrapErr().kind).toBe(
    'meshclaw.key_unreadable',
  );
});
