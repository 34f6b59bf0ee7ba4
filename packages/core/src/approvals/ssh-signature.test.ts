import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestApprover } from '../_testing/test-approver.js';
import { APPROVAL_NAMESPACE, parseAllowedSigners, parseAuthorizedKey } from './allowed-signers.js';
import { verifySshSignature } from './ssh-signature.js';

interface Recorded {
  readonly text: string;
  readonly signatures: readonly { readonly key: string; readonly fingerprint: string; readonly signature: string }[];
}
const recorded = JSON.parse(
  readFileSync(new URL('./__fixtures__/openssh-signatures.json', import.meta.url), 'utf8'),
) as Recorded;
const supported = recorded.signatures.filter(({ key }) => !key.startsWith('ssh-rsa'));
const rsa = recorded.signatures.find(({ key }) => key.startsWith('ssh-rsa'));

describe('a signature made by ssh-keygen', () => {
  it.each(supported)('holds for its text and names its key: $key', ({ fingerprint, signature }) => {
    const proof = verifySshSignature(signature, recorded.text, APPROVAL_NAMESPACE);
    expect(proof).toMatchObject({ present: false, key: { fingerprint } });
  });

  it.each(supported)('does not hold for another text or another namespace: $key', ({ signature }) => {
    expect(verifySshSignature(signature, `${recorded.text} `, APPROVAL_NAMESPACE)).toBeUndefined();
    expect(verifySshSignature(signature, recorded.text, 'file')).toBeUndefined();
  });

  it('with an RSA key is not accepted', () => {
    expect(verifySshSignature(rsa?.signature ?? '', recorded.text, APPROVAL_NAMESPACE)).toBeUndefined();
    expect(parseAuthorizedKey(rsa?.key ?? '')).toBeUndefined();
  });

  it('does not hold with any one bit changed', () => {
    const [{ signature } = { signature: '' }] = supported;
    const body = Buffer.from(signature.split('\n').slice(1, -2).join(''), 'base64');
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const armour = `-----BEGIN SSH SIGNATURE-----\n${changed.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
      expect(verifySshSignature(armour, recorded.text, APPROVAL_NAMESPACE)).toBeUndefined();
    }
  });
});

describe('our own signatures', () => {
  it('hold for exactly their text', () => {
    const approver = createTestApprover('dana');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (text, more) => {
        const signature = approver.sign(text);
        expect(verifySshSignature(signature, text, APPROVAL_NAMESPACE)?.key.fingerprint).toBe(approver.fingerprint);
        expect(verifySshSignature(signature, text + more, APPROVAL_NAMESPACE)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe('the approvers file', () => {
  const [line = ''] = supported.map(({ key }) => key);

  it('names each approver with the fingerprint that ssh-keygen prints', () => {
    const text = supported
      .map(({ key }, place) => `name-${place} namespaces="${APPROVAL_NAMESPACE}" ${key}`)
      .join('\n');
    const approvers = parseAllowedSigners(`# ours\n\n${text}\n`)._unsafeUnwrap();
    expect(approvers.map(({ fingerprint }) => fingerprint)).toEqual(supported.map(({ fingerprint }) => fingerprint));
  });

  it.each([
    ['an option it does not know', `dana cert-authority ${line}`],
    ['another namespace', `dana namespaces="git" ${line}`],
    ['a validity that it would have to honour', `dana valid-before="20300101" ${line}`],
    ['a pattern for a name', `* ${line}`],
    ['a key that is none', 'dana ssh-ed25519 AAAA'],
    ['a name twice', `dana ${line}\ndana ${supported[1]?.key}`],
    ['a key twice', `dana ${line}\nerin ${line}`],
  ])('is refused whole, with its line, for %s', (_, text) => {
    const refusal = parseAllowedSigners(`# first line\n${text}`)._unsafeUnwrapErr();
    expect(refusal.line).toBeGreaterThan(1);
    expect(refusal.kind).toBe('core.bad_approver_line');
  });
});
