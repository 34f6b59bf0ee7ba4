/** Unencrypted Ed25519 private keys without ssh-keygen: reads PKCS#8 PEM and OpenSSH's own form, makes new ones. */

import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { ed25519Blob, sshReader, sshString } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';

/** OpenSSH PROTOCOL.key, read 2025-01: magic, cipher, kdf, kdf options, number of keys, public key, private section. */
const MAGIC = 'openssh-key-v1\0';
const OPENSSH = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END OPENSSH PRIVATE KEY-----\s*$/;
/** The PKCS#8 wrapping of a raw Ed25519 seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const BLOCK = 8;

/** The signing key in a key file's text; the error says in words why there is none. */
export function parsePrivateKey(text: string): Result<KeyObject, string> {
  const openssh = OPENSSH.exec(text)?.[1];
  if (openssh !== undefined) return parseOpenSsh(Buffer.from(openssh.replace(/\s/g, ''), 'base64'));
  if (!text.includes('-----BEGIN PRIVATE KEY-----')) return err('not a PKCS#8 or OpenSSH private key');
  try {
    const key = createPrivateKey(text);
    return key.asymmetricKeyType === 'ed25519' ? ok(key) : err('only Ed25519 keys can be used without ssh-keygen');
  } catch {
    return err('the PKCS#8 key cannot be read');
  }
}

function parseOpenSsh(bytes: Buffer): Result<KeyObject, string> {
  const reader = sshReader(bytes);
  if (reader.bytes(MAGIC.length)?.toString('latin1') !== MAGIC) return err('not an OpenSSH private key');
  const [cipher, , , count] = [reader.string(), reader.string(), reader.string(), reader.uint32()];
  if (cipher?.toString('latin1') !== 'none') return err('the key has a passphrase, which only ssh-keygen can ask for');
  const [, section] = [reader.string(), reader.string()];
  if (count !== 1 || section === undefined) return err('the key file does not hold exactly one key');
  const inside = sshReader(section);
  const [check, again, type] = [inside.uint32(), inside.uint32(), inside.string()];
  if (check === undefined || check !== again) return err('the key file is damaged');
  if (type?.toString('latin1') !== 'ssh-ed25519') return err('only Ed25519 keys can be used without ssh-keygen');
  const [, pair] = [inside.string(), inside.string()];
  return pair?.length === 64 ? ok(fromSeed(pair.subarray(0, 32))) : err('the key file is damaged');
}

const fromSeed = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });

/** A new key as the two files that `ssh-keygen -t ed25519 -N ''` would write. */
export function makeKeyPair(comment: string): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const blob = ed25519Blob(privateKey);
  return { privateKey: openSshText(privateKey, blob, comment), publicKey: publicLine(blob, comment) };
}

const publicLine = (blob: Buffer, comment: string): string => `ssh-ed25519 ${blob.toString('base64')} ${comment}\n`;

function openSshText(key: KeyObject, blob: Buffer, comment: string): string {
  const seed = key.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length);
  const point = blob.subarray(blob.length - 32);
  const check = randomBytes(4);
  const pair = Buffer.concat([seed, point]);
  const section = Buffer.concat([check, check, ...['ssh-ed25519', point, pair, comment].map(sshString)]);
  const padding = Buffer.from(Array.from({ length: (BLOCK - (section.length % BLOCK)) % BLOCK }, (_, i) => i + 1));
  const body = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    ...['none', 'none', ''].map(sshString),
    Buffer.from([0, 0, 0, 1]),
    sshString(blob),
    sshString(Buffer.concat([section, padding])),
  ]).toString('base64');
  const lines = body.match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
