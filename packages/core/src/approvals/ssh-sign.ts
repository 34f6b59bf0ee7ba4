/** Makes SSH signatures (SSHSIG) with an Ed25519 key: for machines without ssh-keygen, and for tests. */

import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { signedBytes } from './ssh-signature.js';
import { sshString } from './ssh-wire.js';

/** The wire form of an Ed25519 key's public half (RFC 8709 §4). Throws for any other kind of key. */
export function ed25519Blob(key: KeyObject): Buffer {
  const { crv, x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined) throw new TypeError('not an Ed25519 key');
  return Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.from(x, 'base64url'))]);
}

/** An armoured signature of `message` in `namespace`, as `ssh-keygen -Y sign` writes it. Throws for a key that is not a private Ed25519 key. */
export function signSshSignature(key: KeyObject, message: string, namespace: string): string {
  const value = sign(null, signedBytes(namespace, 'sha512', message), key);
  const version = Buffer.from([0, 0, 0, 1]);
  const signature = Buffer.concat([sshString('ssh-ed25519'), sshString(value)]);
  const fields = [ed25519Blob(key), namespace, '', 'sha512', signature].map(sshString);
  const body = Buffer.concat([Buffer.from('SSHSIG'), version, ...fields]).toString('base64');
  const lines = body.match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}
