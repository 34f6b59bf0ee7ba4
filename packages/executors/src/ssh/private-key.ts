/** Key files as ssh2 reads them, and keys that an agent holds. No passphrase is known here. */

import { sshReader } from '@meshclaw/core';
import type { BaseAgent, ParsedKey } from 'ssh2';

/** What a key file holds. The blob is the public half in its wire form, where the file tells it. */
export type KeyFile =
  | { readonly kind: 'private' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'public'; readonly blob: Buffer }
  | { readonly kind: 'encrypted'; readonly blob: Buffer | undefined };

/** What these bytes of a file are. */
export async function keyOf(bytes: Buffer): Promise<KeyFile> {
  const { utils } = (await import('ssh2')).default;
  const key = utils.parseKey(bytes);
  if (key instanceof Error)
    return /encrypted|passphrase/i.test(key.message)
      ? { kind: 'encrypted', blob: publicHalf(bytes.toString('latin1')) }
      : { kind: 'unreadable' };
  return key.isPrivateKey() ? { kind: 'private' } : { kind: 'public', blob: key.getPublicSSH() };
}

/** OpenSSH's own format tells the public half in clear: magic, cipher, key derivation and its options, number of keys, public key (PROTOCOL.key). */
function publicHalf(text: string): Buffer | undefined {
  const [, base64] = /^-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? [];
  const magic = 'openssh-key-v1\0';
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  const reader = sshReader(bytes.subarray(magic.length));
  for (let skipped = 0; skipped < 3; skipped += 1) reader.string();
  const keys = reader.uint32();
  const blob = reader.string();
  return keys === 1 && blob !== undefined ? Buffer.from(blob) : undefined;
}

/** The agent behind a socket, with one of its keys alone where one is named. */
export async function agentOf(socket: string, only?: Buffer): Promise<BaseAgent> {
  const agent = (await import('ssh2')).default.createAgent(socket);
  if (only === undefined) return agent;
  // Put in its place, because ssh2 takes instances of its own class alone.
  agent.getIdentities = async (told) => {
    const keys = await keysOf(socket);
    told(
      undefined,
      keys.filter((key) => key.getPublicSSH().equals(only)),
    );
  };
  return agent;
}

/** The public keys that the agent behind a socket holds. None where there is no agent. */
export async function keysOf(socket: string): Promise<readonly ParsedKey[]> {
  const { createAgent, utils } = (await import('ssh2')).default;
  return new Promise((resolve) => {
    createAgent(socket).getIdentities((error, keys = []) => {
      const found = (keys as readonly (ParsedKey | Buffer | string)[]).map((key) => utils.parseKey(key));
      resolve(error ? [] : found.filter((key): key is ParsedKey => !(key instanceof Error)));
    });
  });
}
