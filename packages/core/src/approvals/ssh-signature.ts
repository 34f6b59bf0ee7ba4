/** SSH signatures (SSHSIG, OpenSSH PROTOCOL.sshsig): parses the armour, checks the signature, says whether a person was present. */

import { createHash, verify } from 'node:crypto';
import { parseSshPublicKey, type SshPublicKey } from './ssh-key.js';
import { sshReader, sshString } from './ssh-wire.js';

/** What a good signature proves. `present` is the user-presence bit of an `sk-` key. */
export interface SshSignatureProof {
  readonly key: SshPublicKey;
  readonly present: boolean;
}

const MAGIC = 'SSHSIG';
const USER_PRESENT = 0x01;
const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]{1,8192})\r?\n-----END SSH SIGNATURE-----\s*$/;
const ECDSA_DIGESTS: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'sha256',
};

interface Envelope {
  readonly key: SshPublicKey;
  readonly namespace: Buffer;
  readonly hash: 'sha256' | 'sha512';
  readonly signature: Buffer;
}

/** Checks an armoured signature over `message` in `namespace`; undefined when anything at all is not right. The caller decides whether the key may sign. */
export function verifySshSignature(armour: string, message: string, namespace: string): SshSignatureProof | undefined {
  const envelope = parseEnvelope(armour);
  if (!envelope || envelope.namespace.toString('utf8') !== namespace) return undefined;
  const signed = signedBytes(namespace, envelope.hash, message);
  try {
    return checkSignature(envelope, signed);
  } catch {
    return undefined; // a signature that the library cannot read is no signature
  }
}

/** The bytes that an SSHSIG really signs. */
export function signedBytes(namespace: string, hash: 'sha256' | 'sha512', message: string): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([Buffer.from(MAGIC), sshString(namespace), sshString(''), sshString(hash), sshString(digest)]);
}

function parseEnvelope(armour: string): Envelope | undefined {
  const body = ARMOUR.exec(armour)?.[1];
  if (body === undefined) return undefined;
  const reader = sshReader(Buffer.from(body.replace(/\s/g, ''), 'base64'));
  if (reader.bytes(MAGIC.length)?.toString('latin1') !== MAGIC || reader.uint32() !== 1) return undefined;
  const [blob, namespace, reserved, hash, signature] = [
    reader.string(),
    reader.string(),
    reader.string(),
    reader.string(),
    reader.string(),
  ];
  const key = blob && parseSshPublicKey(blob);
  const hashName = hash?.toString('latin1');
  if (!key || !namespace || !signature || reserved?.length !== 0 || reader.rest !== 0) return undefined;
  if (hashName !== 'sha256' && hashName !== 'sha512') return undefined;
  return { key, namespace, hash: hashName, signature };
}

function checkSignature({ key, signature }: Envelope, signed: Buffer): SshSignatureProof | undefined {
  const reader = sshReader(signature);
  const type = reader.string()?.toString('latin1');
  const value = reader.string();
  if (type !== key.type || value === undefined) return undefined;
  const flags = key.application === undefined ? 0 : reader.byte();
  const counter = key.application === undefined ? Buffer.alloc(0) : reader.bytes(4);
  if (flags === undefined || counter === undefined || reader.rest !== 0) return undefined;
  const message = key.application === undefined ? signed : authenticatorBytes(key.application, flags, counter, signed);
  const good = key.type.includes('ed25519') ? verify(null, message, key.key, value) : verifyEcdsa(key, message, value);
  return good ? { key, present: (flags & USER_PRESENT) !== 0 } : undefined;
}

/** What a FIDO authenticator signs (PROTOCOL.u2f): application hash, flags, counter, message hash. */
function authenticatorBytes(application: string, flags: number, counter: Buffer, signed: Buffer): Buffer {
  const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();
  return Buffer.concat([sha256(application), Buffer.from([flags]), counter, sha256(signed)]);
}

function verifyEcdsa(key: SshPublicKey, message: Buffer, value: Buffer): boolean {
  const digest = ECDSA_DIGESTS[key.type];
  const reader = sshReader(value);
  const [r, s] = [reader.string(), reader.string()];
  if (digest === undefined || !r || !s || reader.rest !== 0) return false;
  const der = Buffer.concat([derInteger(r), derInteger(s)]);
  const header = der.length < 128 ? Buffer.from([0x30, der.length]) : Buffer.from([0x30, 0x81, der.length]);
  return verify(digest, message, key.key, Buffer.concat([header, der]));
}

/** An SSH mpint is a DER integer's content already: big-endian, two's complement, shortest. */
const derInteger = (mpint: Buffer): Buffer => Buffer.concat([Buffer.from([0x02, mpint.length]), mpint]);
