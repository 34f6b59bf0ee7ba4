import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeLedger } from './_testing/ledger-contract.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { openLedger } from './open-ledger.js';

describeLedger('the SQLite ledger', temporaryLedger);

const rights = (...path: string[]) => statSync(join(...path)).mode & 0o777;
const refusal = async (folder: string, more: { origin?: string } = {}) =>
  (await openLedger({ folder, ...more }))._unsafeUnwrapErr();

/** A folder with a ledger that was closed. */
async function closedLedger(): Promise<string> {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  (await ledger.append([{ type: 'decision.made', body: 1 }]))._unsafeUnwrap();
  await ledger.close();
  return folder;
}

describe('a new ledger', () => {
  it('begins with a record of what it is', async () => {
    const ledger = await temporaryLedger();
    const [first] = (await ledger.find({ limit: 1 }))._unsafeUnwrap();
    expect(first).toMatchObject({ index: 0, type: 'ledger.created' });
    expect(first?.body).toMatchObject({ ledger: ledger.id, origin: ledger.origin, key: ledger.verifierKey });
    expect(ledger.origin).toBe(`meshclaw.local/${ledger.id}`);
  });

  it('lets nobody but the owner read it', async () => {
    const folder = join(temporaryFolder(), 'deep', 'ledger');
    await temporaryLedger({ folder });
    expect([rights(folder), rights(folder, 'keys'), rights(folder, 'blobs')]).toEqual([0o700, 0o700, 0o700]);
    for (const file of ['ledger.db', 'ledger.db-wal', 'keys/ledger.ed25519', 'keys/ledger.pub']) {
      expect(rights(folder, file), file).toBe(0o600);
    }
  });

  it('is one ledger, though many open it first at once', async () => {
    const folder = temporaryFolder();
    const ledgers = await Promise.all(Array.from({ length: 6 }, () => temporaryLedger({ folder })));
    expect(new Set(ledgers.map(({ id }) => id)).size).toBe(1);
    expect((await ledgers[0]?.count({ types: ['ledger.created'] }))?._unsafeUnwrap()).toBe(1);
  });

  it('takes the origin it is given and keeps it', async () => {
    const folder = temporaryFolder();
    await (await temporaryLedger({ folder, origin: 'example.org/ledger' })).close();
    expect((await temporaryLedger({ folder })).origin).toBe('example.org/ledger');
    expect((await refusal(folder, { origin: 'example.org/other' })).kind).toBe('evidence.origin_mismatch');
    expect((await refusal(folder, { origin: 'two words' })).kind).toBe('evidence.invalid_origin');
  });
});

describe('an existing ledger', () => {
  it('goes on where it ended, under the same identity', async () => {
    const folder = temporaryFolder();
    const first = await temporaryLedger({ folder });
    (await first.append([{ type: 'decision.made', once: 'key', body: 1 }]))._unsafeUnwrap();
    await first.close();
    const second = await temporaryLedger({ folder });
    expect([second.id, second.verifierKey]).toEqual([first.id, first.verifierKey]);
    const again = await second.append([{ type: 'decision.made', once: 'key', body: 2 }]);
    expect(again._unsafeUnwrapErr().kind).toBe('already_recorded');
    expect((await second.append([{ type: 'decision.made', body: 3 }]))._unsafeUnwrap()[0]?.index).toBe(2);
  });

  it.each(['.', 'keys', 'blobs', 'ledger.db', 'keys/ledger.ed25519'])(
    'is not opened while others may write to %s',
    async (part) => {
      const folder = await closedLedger();
      chmodSync(join(folder, part), part.includes('.e') || part.includes('.d') ? 0o660 : 0o770);
      expect(await refusal(folder)).toMatchObject({
        kind: 'evidence.insecure_permissions',
        remedy: expect.stringContaining('chmod'),
      });
    },
  );

  it('is not opened with a private key that others may read', async () => {
    const folder = await closedLedger();
    chmodSync(join(folder, 'keys/ledger.ed25519'), 0o644);
    expect((await refusal(folder)).kind).toBe('evidence.insecure_permissions');
  });

  it('does not begin anew when its file is gone: keys used once stay used', async () => {
    const folder = await closedLedger();
    rmSync(join(folder, 'ledger.db'));
    expect((await refusal(folder)).kind).toBe('evidence.ledger_missing');
    expect(existsSync(join(folder, 'ledger.db'))).toBe(false);
    writeFileSync(join(folder, 'ledger.db'), '', { mode: 0o600 });
    expect((await refusal(folder)).kind).toBe('evidence.ledger_missing');
  });

  it('is not continued without its key, nor with another', async () => {
    const [folder, other] = [await closedLedger(), await closedLedger()];
    writeFileSync(join(folder, 'keys/ledger.ed25519'), readFileSync(join(other, 'keys/ledger.ed25519')));
    expect((await refusal(folder)).kind).toBe('evidence.key_mismatch');
    writeFileSync(join(folder, 'keys/ledger.ed25519'), 'not a key');
    expect((await refusal(folder)).kind).toBe('evidence.key_unreadable');
    rmSync(join(folder, 'keys/ledger.ed25519'));
    expect((await refusal(folder)).kind).toBe('evidence.key_missing');
  });

  it('is not opened when the file is no ledger', async () => {
    const folder = await closedLedger();
    writeFileSync(join(folder, 'ledger.db'), 'x'.repeat(8192));
    expect((await refusal(folder)).kind).toBe('evidence.unavailable');
  });
});

describe('a closed ledger', () => {
  it('answers unavailable to everything', async () => {
    const ledger = await temporaryLedger();
    await ledger.close();
    await ledger.close();
    const answers = await Promise.all([
      ledger.append([{ type: 'decision.made', body: 1 }]),
      ledger.find({ limit: 1 }),
      ledger.count({}),
      ledger.size(),
      ledger.head(),
      ledger.verify(),
      ledger.signedHead(),
    ]);
    expect(answers.map((answer) => answer._unsafeUnwrapErr().kind)).toEqual(answers.map(() => 'unavailable'));
  });

  it('has stored what was asked of it before', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const appends = Array.from({ length: 700 }, (_, body) => ledger.append([{ type: 'decision.made', body }]));
    await ledger.close();
    expect((await Promise.all(appends)).every((append) => append.isOk())).toBe(true);
    const again = await temporaryLedger({ folder });
    expect((await again.size())._unsafeUnwrap()).toBe(701);
  });
});
