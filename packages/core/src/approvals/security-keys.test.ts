import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dialSet } from '../_testing/dial.js';
import { createWorld } from '../_testing/world.js';
import type { RefusalOf } from '../refusal.js';
import { APPROVAL_NAMESPACE, parseAuthorizedKey } from './allowed-signers.js';
import { signedBytes, verifySshSignature } from './ssh-signature.js';
import { sshString } from './ssh-wire.js';

interface Recorded {
  readonly namespace: string;
  readonly text: string;
  readonly signatures: readonly { readonly key: string; readonly signature: string }[];
}
const recorded = JSON.parse(
  readFileSync(new URL('./__fixtures__/openssh-security-keys.json', import.meta.url), 'utf8'),
) as Recorded;
const { namespace, text, signatures } = recorded;

const armoured = (body: Buffer): string =>
  `-----BEGIN SSH SIGNATURE-----\n${body.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
const bodyOf = (armour: string): Buffer => Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');

describe('a security key’s signature that OpenSSH tests itself with', () => {
  it.each(signatures)('holds, names its key and says that it was touched: $key', ({ key, signature }) => {
    const proof = verifySshSignature(signature, text, namespace);
    expect(proof?.present).toBe(true);
    expect(proof?.key.fingerprint).toBe(parseAuthorizedKey(key)?.fingerprint);
  });

  it.each(signatures)('does not hold with any one bit changed: $key', ({ signature }) => {
    const body = bodyOf(signature);
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifySshSignature(armoured(changed), text, namespace)).toBeUndefined();
    }
  });

  it.each(signatures)('is none for another text, or for an approval: $key', ({ signature }) => {
    expect(verifySshSignature(signature, `${text}.`, namespace)).toBeUndefined();
    expect(verifySshSignature(signature, text, APPROVAL_NAMESPACE)).toBeUndefined();
  });
});

/** A security key in software, after PROTOCOL.u2f of OpenSSH: real ones sign the presence that they saw, this one what it is told. */
function securityKey(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const type = 'sk-ssh-ed25519@openssh.com';
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const blob = Buffer.concat([type, point, 'ssh:'].map(sshString));
  const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();
  const signed = (message: string, flags: number): string => {
    const counter = Buffer.from([0, 0, 0, 9]);
    const seen = signedBytes(APPROVAL_NAMESPACE, 'sha512', message);
    const value = sign(null, Buffer.concat([sha256('ssh:'), Buffer.from([flags]), counter, sha256(seen)]), privateKey);
    const signature = Buffer.concat([sshString(type), sshString(value), Buffer.from([flags]), counter]);
    const fields = [blob, APPROVAL_NAMESPACE, '', 'sha512', signature].map(sshString);
    return armoured(Buffer.concat([Buffer.from('SSHSIG'), Buffer.from([0, 0, 0, 1]), ...fields]));
  };
  const key = parseAuthorizedKey(`${type} ${blob.toString('base64')}`);
  if (!key) throw new Error('the key is none');
  return { name, ...key, sign: (message: string) => signed(message, 1), signWith: signed };
}

describe('where policy demands presence', () => {
  const present = (minimum: 'presence' | 'signature') =>
    createWorld(({ action }) =>
      action.class === 'read'
        ? undefined
        : { effect: 'approval_required', obligations: [{ id: 'm', type: 'approval_method', parameters: { minimum } }] },
    );
  const ask = async ({ agent }: ReturnType<typeof present>) => {
    const refusal = (await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    return (refusal as RefusalOf<'approval_required'>).approval.id;
  };

  it('a key without touch, and a security key that nobody touched, are too weak; a touched one suffices', async () => {
    const world = present('presence');
    const touched = securityKey('erin');
    world.approvers.push(touched);
    const id = await ask(world);
    const statement = (await world.desk.statement(id))._unsafeUnwrap();
    const grant = async (signature: string) =>
      (await world.desk.grant(id, { statement, signature })).map(({ status }) => status);
    expect((await grant(world.approver.sign(statement)))._unsafeUnwrapErr().kind).toBe('weak_method');
    // User verification (4) without presence (1) is no presence.
    for (const flags of [0, 4])
      expect((await grant(touched.signWith(statement, flags)))._unsafeUnwrapErr().kind).toBe('weak_method');
    expect((await grant(touched.sign(statement)))._unsafeUnwrap()).toBe('granted');
    expect((await world.agent.perform(dialSet, 'web1', { value: 7 })).isOk()).toBe(true);
  });

  it('the claim of a touch cannot be put on a signature later', async () => {
    const world = present('presence');
    const key = securityKey('erin');
    world.approvers.push(key);
    const id = await ask(world);
    const statement = (await world.desk.statement(id))._unsafeUnwrap();
    const body = bodyOf(key.signWith(statement, 0));
    body[body.length - 5] = 1;
    const refused = await world.desk.grant(id, { statement, signature: armoured(body) });
    expect(refused._unsafeUnwrapErr().kind).toBe('bad_signature');
  });

  it('a security key that nobody touched is still a signature where that is enough', async () => {
    const world = present('signature');
    const key = securityKey('erin');
    world.approvers.push(key);
    const id = await ask(world);
    const statement = (await world.desk.statement(id))._unsafeUnwrap();
    const granted = await world.desk.grant(id, { statement, signature: key.signWith(statement, 0) });
    expect(granted._unsafeUnwrap().grants).toMatchObject([{ method: 'signature' }]);
  });

  it('a record that says presence is not believed: the signature is read again when it is used', async () => {
    const world = present('signature');
    const id = await ask(world);
    (await world.grant(id))._unsafeUnwrap();
    const record = world.ledger.records.find(({ type }) => type === 'approval.granted');
    Object.assign(record?.body ?? {}, { method: 'presence' });
    const strict = world.policy.decide;
    Object.assign(world.policy, {
      decide: async (request: Parameters<typeof strict>[0]) => {
        const decision = await strict(request);
        const obligations = decision.obligations.map((one) => ({ ...one, parameters: { minimum: 'presence' } }));
        return { ...decision, obligations };
      },
    });
    expect((await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('stale');
  });
});
