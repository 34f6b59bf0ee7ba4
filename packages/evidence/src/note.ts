/** Signed tree heads: C2SP `tlog-checkpoint` in a C2SP `signed-note` with an Ed25519 signature. Imports nothing but Node. */

import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A tree head as a note states it. `root` is 32 bytes. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}
/** Who signs heads: the ledger's origin and its public key. */
export interface VerifierKey {
  readonly origin: string;
  /** First four bytes of `SHA-256(origin ‖ "\n" ‖ 0x01 ‖ public key)`. */
  readonly id: Uint8Array;
  readonly publicKey: KeyObject;
  /** SHA-256 of the raw public key, in hex. */
  readonly fingerprint: string;
  /** `<origin>+<key id in hex>+<base64(0x01 ‖ public key)>`. */
  readonly text: string;
}
/** A note that was taken apart, or why it is not one of this key's. */
export type NoteReading =
  | { readonly kind: 'good'; readonly head: TreeHead }
  | { readonly kind: 'unknown_key' | 'bad_signature'; readonly message: string };

/** A ledger is named by so many digits of its key's fingerprint: 16 bytes. */
export const ID_DIGITS = 32;

const ED25519 = 0x01;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Signature lines begin with an em dash (U+2014) and a space. */
const SIGNATURE = /^\u2014 (\S+) (\S+)$/;

/** Whether text may name a key: not empty, without white space or `+` (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= 200 && !/[\s+]/u.test(name) && name.isWellFormed();
}

/** The verifier key of a raw 32-byte Ed25519 public key. */
export function verifierKeyOf(origin: string, raw: Uint8Array): VerifierKey {
  const typed = Buffer.concat([Buffer.of(ED25519), raw]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${origin}\n`), typed]), 'buffer').subarray(0, 4);
  const x = Buffer.from(raw).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return {
    origin,
    id,
    publicKey,
    fingerprint: hash('sha256', raw),
    text: `${origin}+${id.toString('hex')}+${typed.toString('base64')}`,
  };
}

/** Reads a verifier key's text form; undefined when it is not one, or when its key id does not belong to it. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, origin = '', encoded = ''] = /^([^\s+]+)\+[0-9a-f]{8}\+(\S+)$/u.exec(text) ?? [];
  const typed = strictBase64(encoded);
  if (typed?.length !== PUBLIC_KEY_BYTES + 1 || typed[0] !== ED25519 || !isKeyName(origin)) return undefined;
  const key = verifierKeyOf(origin, typed.subarray(1));
  return key.text === text ? key : undefined;
}

/** Signs a head: the note's whole text. */
export function signHead(key: VerifierKey, privateKey: KeyObject, head: TreeHead): string {
  const text = `${key.origin}\n${head.size}\n${Buffer.from(head.root).toString('base64')}\n`;
  const signature = sign(null, Buffer.from(text), privateKey);
  return `${text}\n\u2014 ${key.origin} ${Buffer.concat([key.id, signature]).toString('base64')}\n`;
}

/** Reads a note and checks its signature; only this key's own line counts, other lines are ignored as the note format says. */
export function readHead(note: string, key: VerifierKey): NoteReading {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return bad('a head is not a signed note');
  const text = note.slice(0, end + 1);
  const signatures = signaturesOf(note.slice(end + 2));
  if (signatures === undefined) return bad('a signature line cannot be read');
  const own = signatures.find((line) => line.name === key.origin && line.bytes.subarray(0, 4).equals(key.id));
  if (own === undefined) return { kind: 'unknown_key', message: 'a head is signed by another key' };
  if (
    own.bytes.length !== SIGNATURE_BYTES + 4 ||
    !verify(null, Buffer.from(text), key.publicKey, own.bytes.subarray(4))
  ) {
    return bad('the signature of a head does not match its text');
  }
  return readCheckpoint(text, key.origin);
}

/** The notes in a text that holds one after the other; what stands between them is left out. */
export function splitNotes(text: string): string[] {
  return text.match(/(?:[^\n]+\n)+\n(?:\u2014 [^\n]+\n)+/g) ?? [];
}

function readCheckpoint(text: string, origin: string): NoteReading {
  const [name, size = '', root = ''] = text.split('\n');
  const bytes = strictBase64(root);
  if (name !== origin || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes?.length !== 32) {
    return bad('a signed head does not state origin, size and root');
  }
  return { kind: 'good', head: { size: Number(size), root: bytes } };
}

function signaturesOf(block: string): { name: string; bytes: Buffer }[] | undefined {
  const lines = block.split('\n').slice(0, -1);
  const read = lines.flatMap((line) => {
    const [, name, encoded] = SIGNATURE.exec(line) ?? [];
    const bytes = encoded === undefined ? undefined : strictBase64(encoded);
    return name === undefined || bytes === undefined || bytes.length < 5 ? [] : [{ name, bytes }];
  });
  return read.length === lines.length && lines.length > 0 ? read : undefined;
}

/** Base64 with exactly one spelling, so that no bit of a note can change unseen. */
function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function bad(message: string): NoteReading {
  return { kind: 'bad_signature', message };
}
