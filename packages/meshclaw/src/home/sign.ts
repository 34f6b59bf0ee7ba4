/** Signs a statement with an approver's key: by ssh-keygen where there is one, else with our own few lines. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { APPROVAL_NAMESPACE, signSshSignature } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type SignError } from '../errors.js';
import { parsePrivateKey } from './ssh-private-key.js';

/** Helpers are called by absolute path: what PATH says does not matter. */
const SSH_KEYGEN = ['/usr/bin/ssh-keygen', '/usr/local/bin/ssh-keygen', '/opt/homebrew/bin/ssh-keygen'] as const;
/** ssh-keygen asks for passphrases, touches and agent confirmations with these; nothing else is passed on. */
const PASSED_ON = [
  'HOME',
  'LANG',
  'TERM',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'SSH_ASKPASS_REQUIRE',
  'SSH_SK_PROVIDER',
];
const MOST_BYTES = 64 * 1024;
/** What ssh-keygen says each time. */
const ROUTINE = 'Signing data on standard input\n';
/** No ssh-keygen: we sign ourselves. */
const NONE = '';

/** The ssh-keygen that would be used; undefined where there is none. */
export const findSshKeygen = (): string | undefined => SSH_KEYGEN.find((path) => existsSync(path));

/** An armoured signature over the statement, in the approval namespace. `sshKeygen` is its path, empty for none. Err kinds: every `SignError`. */
export async function signStatement(
  statement: string,
  keyFile: string,
  sshKeygen: string = findSshKeygen() ?? NONE,
): Promise<Result<string, SignError>> {
  const text = await readKeyFile(keyFile);
  if (text.isErr()) return err(text.error);
  // ssh-keygen reads PKCS#8 Ed25519 keys in few versions; we read them in all.
  if (sshKeygen !== NONE && !text.value.includes('-----BEGIN PRIVATE KEY-----')) {
    return signWithSshKeygen(sshKeygen, statement, keyFile);
  }
  return signOurselves(statement, keyFile, text.value);
}

function signOurselves(statement: string, keyFile: string, text: string): Result<string, SignError> {
  const key = parsePrivateKey(text);
  if (key.isErr()) {
    return err({
      kind: 'meshclaw.key_unsupported',
      message: 'this key cannot be used without ssh-keygen',
      path: keyFile,
      detail: key.error,
    });
  }
  return ok(signSshSignature(key.value, statement, APPROVAL_NAMESPACE));
}

async function signWithSshKeygen(
  program: string,
  statement: string,
  keyFile: string,
): Promise<Result<string, SignError>> {
  const failed = (detail: string): Result<string, SignError> =>
    err({ kind: 'meshclaw.signing_failed', message: 'ssh-keygen did not sign', path: keyFile, detail });
  const environment = Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return new Promise((resolve) => {
    const argv = ['-Y', 'sign', '-n', APPROVAL_NAMESPACE, '-f', keyFile];
    const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8') === ROUTINE) return;
      complaints.push(chunk);
      process.stderr.write(chunk); // "Confirm user presence" has to be seen while it waits
    });
    child.on('error', (cause) => resolve(failed(detailOf(cause))));
    child.on('close', (code) => {
      const armour = Buffer.concat(printed).toString('utf8');
      const why = Buffer.concat(complaints).toString('utf8').trim();
      resolve(code === 0 && armour !== '' ? ok(armour) : failed(why === '' ? `exit code ${code}` : why));
    });
    child.stdin.on('error', () => {}); // it ended early; `close` tells why
    child.stdin.end(statement);
  });
}

async function readKeyFile(path: string): Promise<Result<string, SignError>> {
  const unreadable = (detail: string): Result<string, SignError> =>
    err({ kind: 'meshclaw.key_unreadable', message: 'the key file cannot be used', path, detail });
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      const text = size > MOST_BYTES ? '' : await file.readFile('utf8');
      const secret = text.includes('PRIVATE KEY-----');
      if (secret && process.getuid !== undefined && (mode & 0o077) !== 0) {
        return unreadable(`others may read it; chmod 600 ${path}`);
      }
      return ok(text);
    } finally {
      await file.close();
    }
  } catch (cause) {
    return unreadable(detailOf(cause));
  }
}
