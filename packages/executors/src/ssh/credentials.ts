/** What an account logs in with: one key file, or the agent and the usual key files. Never a password. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type AuthMethod, keyProblem } from './client.js';
import { expandHome, homeFolder, type SshSettings } from './settings.js';

// In the order in which ssh(1) tries them.
const USUAL = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The ways to log in, in order. A named key file is the only one, so that a server sees no other key.
 * Err kinds: `invalid_settings` (the named file cannot be used), `authentication_failed` (there is nothing to log in with).
 */
export async function credentialsOf(settings: SshSettings): Promise<Result<readonly AuthMethod[], ExecutorError>> {
  if (settings.identity_file !== undefined)
    return (await keyFile(expandHome(settings.identity_file))).map((method) => [method]);
  const agent = process.env.SSH_AUTH_SOCK;
  const methods: AuthMethod[] = agent === undefined || agent === '' ? [] : [{ kind: 'agent', socket: agent }];
  for (const name of USUAL) {
    const method = await keyFile(join(homeFolder(), '.ssh', name));
    if (method.isOk()) methods.push(method.value);
  }
  if (methods.length > 0) return ok(methods);
  return err({
    kind: 'authentication_failed',
    message: 'there is no key to log in with: start an agent or name a key with identity_file',
  });
}

async function keyFile(file: string): Promise<Result<AuthMethod, ExecutorError>> {
  const invalid = (message: string, cause?: unknown) => err({ kind: 'invalid_settings', message, cause } as const);
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      return invalid('others may read the key file named by identity_file: make it readable by its owner alone');
    const key = await readFile(file);
    const problem = await keyProblem(key);
    if (problem === undefined) return ok({ kind: 'key', key });
    return invalid(
      problem === 'encrypted'
        ? 'the key file named by identity_file is encrypted: add the key to an agent and leave identity_file out'
        : 'the file named by identity_file holds no private key that can be read',
    );
  } catch (cause) {
    return invalid('the key file named by identity_file cannot be read', cause);
  }
}
