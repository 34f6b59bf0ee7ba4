/** Host keys: their text, their fingerprint, and the algorithms by which a server proves to have one. */

import { createHash } from 'node:crypto';
import { sshReader } from '@meshclaw/core';

/** A public host key. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** The wire form (RFC 4253 §6.6). */
  readonly blob: Buffer;
}

/** Signature algorithms by the type of key, in the order they are asked for. No SHA-1, no DSA. RSA keys sign in two ways (RFC 8332). */
export const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** `type base64`, with or without a comment; undefined when it is not exactly a key of a known type. */
export function parseHostKey(text: string): HostKey | undefined {
  const [type = '', base64 = ''] = text.trim().split(/[ \t]+/);
  if (!Object.hasOwn(ALGORITHMS, type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = hostKeyOf(Buffer.from(base64, 'base64'));
  return key?.type === type && isWhole(key.blob) ? key : undefined;
}

/** Every kind that is accepted is a row of length-prefixed fields and nothing else (RFC 4253 §6.6, RFC 5656, RFC 8709). */
function isWhole(blob: Buffer): boolean {
  const reader = sshReader(blob);
  let fields = 0;
  while (reader.rest > 0) {
    if ((reader.string()?.length ?? 0) === 0) return false;
    fields += 1;
  }
  return fields >= 2;
}

/** The key in a wire-form blob: its first field is its type. */
export function hostKeyOf(blob: Buffer): HostKey | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length <= 4 + length) return undefined;
  return { type: blob.toString('latin1', 4, 4 + length), blob };
}

/** `type base64`: one line of `ssh_host_*_key.pub`, and what the settings pin. */
export const hostKeyText = ({ type, blob }: HostKey): string => `${type} ${blob.toString('base64')}`;

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprintOf({ blob }: HostKey): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
