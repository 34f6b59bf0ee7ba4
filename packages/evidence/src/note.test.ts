import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isKeyName, parseVerifierKey, readHead, signHead, type VerifierKey, verifierKeyOf } from './note.js';

const { privateKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
const key = verifierKeyOf('meshclaw.local/test', raw);
const head = { size: 7, root: Buffer.alloc(32, 9) };

function parsed(text: string): VerifierKey {
  const found = parseVerifierKey(text);
  if (found === undefined) throw new Error('not a verifier key');
  return found;
}

describe('a signed head', () => {
  it('is read back by its own key', () => {
    expect(readHead(signHead(key, privateKey, head), key)).toEqual({ kind: 'good', head });
  });

  it('states origin, size and root on lines of their own, then the signature', () => {
    const lines = signHead(key, privateKey, head).split('\n');
    expect(lines.slice(0, 4)).toEqual(['meshclaw.local/test', '7', head.root.toString('base64'), '']);
    expect(lines[4]).toMatch(/^\u2014 meshclaw\.local\/test [A-Za-z0-9+/]+=*$/);
  });

  it('is refused after any change of any byte', () => {
    const note = signHead(key, privateKey, head);
    for (let at = 0; at < note.length; at += 1) {
      const changed = note.slice(0, at) + (note[at] === 'A' ? 'B' : 'A') + note.slice(at + 1);
      expect(readHead(changed, key).kind, `byte ${at}`).not.toBe('good');
    }
  });

  it('is refused when the signature is the same bytes in another spelling', () => {
    const note = signHead(key, privateKey, head);
    expect(readHead(note.replace(/=\n$/, '\n'), key).kind).toBe('bad_signature');
  });

  it('by another key is of an unknown key', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    const x = createPublicKey(other).export({ format: 'jwk' }).x ?? '';
    const note = signHead(verifierKeyOf(key.origin, Buffer.from(x, 'base64url')), other, head);
    expect(readHead(note, key).kind).toBe('unknown_key');
  });

  it('may carry signatures of others beside its own', () => {
    const note = `${signHead(key, privateKey, head)}\u2014 witness.example ${Buffer.alloc(76).toString('base64')}\n`;
    expect(readHead(note, key).kind).toBe('good');
  });
});

describe('a verifier key', () => {
  it('is read as other signed-note programs write it', () => {
    // The key of the Go checksum database, and the key and note of the example in Go's documentation of the format.
    expect(parsed('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8').origin).toBe(
      'sum.golang.org',
    );
    const example = parsed('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
    const good = readHead(`${text}\n\u2014 PeterNeumann ${signature}\n`, example);
    expect(good).toMatchObject({ message: 'a signed head does not state origin, size and root' });
    const changed = readHead(`${text.replace('then', 'Then')}\n\u2014 PeterNeumann ${signature}\n`, example);
    expect(changed).toMatchObject({ message: 'the signature of a head does not match its text' });
  });

  it('survives its text form', () => {
    expect(parsed(key.text).text).toBe(key.text);
  });

  it('is refused when its id does not belong to it', () => {
    expect(parseVerifierKey(key.text.replace('test+', 'other+'))).toBeUndefined();
    expect(parseVerifierKey('nothing')).toBeUndefined();
  });

  it('has a name without white space and plus signs', () => {
    expect(['example.org/a', '', 'a b', 'a+b', 'a\n'].map(isKeyName)).toEqual([true, false, false, false, false]);
  });
});
