/** What an account logs in with: the key files that are named, or the agent and the usual key files. Never a password. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Bounds, within } from './bounds.js';
import type { AuthMethod } from './client.js';
import type { Destination } from './destination.js';
import { keyOf, keysOf } from './private-key.js';
import { homeFolder } from './settings.js';

// In the order in which ssh(1) tries them.
const USUAL = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
// An agent that asks its owner first takes longer; it is asked again at the login.
const AGENT_MS = 3_000;

/**
 * The ways to log in, in order. Where key files are named they are the only ones, so that a server sees no other key; one
 * that is encrypted, or holds only the public half, stands for the same key in the agent.
 * Err kinds: `invalid_settings` (the named file cannot be used), `authentication_failed` (there is nothing to log in with).
 */
export async function credentialsOf(
  to: Destination,
  bounds: Bounds,
): Promise<Result<readonly AuthMethod[], ExecutorError>> {
  const agent = process.env.SSH_AUTH_SOCK || undefined;
  if (to.identityFiles !== undefined)
    return namedKeys(to.identityFiles, to.areSuggested === true, agentOf(agent, bounds));
  const methods: AuthMethod[] = agent === undefined ? [] : [{ kind: 'agent', socket: agent }];
  const nobody = agentOf(undefined, bounds);
  for (const name of USUAL) {
    const method = await keyFile(join(homeFolder(), '.ssh', name), nobody);
    if (method.isOk()) methods.push(method.value);
  }
  if (methods.length > 0) return ok(methods);
  return err({
    kind: 'authentication_failed',
    message: 'there is no key to log in with: start an agent or name a key with identity_file',
  });
}

/** Looks a key up in the agent: the way to log in with it, undefined where the agent does not have it or does not answer. */
type InAgent = (blob: Buffer | undefined) => Promise<AuthMethod | undefined>;

const agentOf =
  (socket: string | undefined, bounds: Bounds): InAgent =>
  async (blob) => {
    if (socket === undefined || blob === undefined) return undefined;
    const keys = await within(bounds, keysOf(socket), () => undefined, { limitMs: AGENT_MS });
    const isThere = keys.isOk() && keys.value.some((key) => key.getPublicSSH().equals(blob));
    return isThere ? { kind: 'agent', socket, only: blob } : undefined;
  };

async function namedKeys(
  files: readonly string[],
  areSuggested: boolean,
  agent: InAgent,
): Promise<Result<readonly AuthMethod[], ExecutorError>> {
  const methods: AuthMethod[] = [];
  let problem: ExecutorError | undefined;
  for (const file of files) {
    const method = await keyFile(file, agent);
    if (method.isOk()) methods.push(method.value);
    else if (areSuggested) problem ??= method.error;
    else return err(method.error);
  }
  return methods.length > 0 || problem === undefined ? ok(methods) : err(problem);
}

const invalid = (message: string, cause?: unknown): ExecutorError => ({ kind: 'invalid_settings', message, cause });

async function keyFile(file: string, agent: InAgent): Promise<Result<AuthMethod, ExecutorError>> {
  try {
    const { mode } = await stat(file);
    const bytes = await readFile(file);
    const key = await keyOf(bytes);
    if (key.kind === 'public') return orError(await agent(key.blob), ONLY_PUBLIC);
    if ((mode & 0o077) !== 0)
      return err(invalid('others may read the key file named by identity_file: make it readable by its owner alone'));
    if (key.kind === 'private') return ok({ kind: 'key', key: bytes });
    if (key.kind === 'unreadable')
      return err(invalid('the file named by identity_file holds no private key that can be read'));
    return orError(await agent(key.blob ?? (await publicHalf(`${file}.pub`))), ENCRYPTED);
  } catch (cause) {
    return err(invalid('the key file named by identity_file cannot be read', cause));
  }
}

const ENCRYPTED =
  'the key file named by identity_file is encrypted, and no passphrase is ever asked for: add the key to an agent (ssh-add)';
const ONLY_PUBLIC =
  'the file named by identity_file holds only the public half of a key: add the private one to an agent (ssh-add)';

const orError = (method: AuthMethod | undefined, without: string): Result<AuthMethod, ExecutorError> =>
  method === undefined ? err(invalid(without)) : ok(method);

/** Older encrypted files do not tell whose they are; the file beside them does. */
async function publicHalf(file: string): Promise<Buffer | undefined> {
  try {
    const key = await keyOf(await readFile(file));
    return key.kind === 'public' ? key.blob : undefined;
  } catch {
    return undefined;
  }
}
