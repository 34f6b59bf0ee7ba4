import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decision, stored, thirdEpoch } from './_testing/epochs.js';
import { changeUnseen, outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import type { LedgerHandle } from './ledger.js';
import { parseVerifierKey } from './note.js';
import { checkProof } from './offline/check-proof.js';
import { verifyFile } from './offline/verify-file.js';
import { openLedger } from './open-ledger.js';
import { loadSqlite } from './sqlite.js';
import { verifyStore } from './verify.js';

/** The files of a folder, checked with nothing open. */
async function checked({ verifierKey }: LedgerHandle, folder: string) {
  const key = parseVerifierKey(verifierKey);
  if (key === undefined) throw new Error('no verifier key');
  return verifyStore({ sqlite: await loadSqlite(), folder, blobs: join(folder, 'blobs'), key });
}

describe('a ledger of several epochs', () => {
  const verified = async (path: string) => {
    const report = await verifyFile({ path });
    if ('failure' in report) throw new Error(report.failure);
    return report;
  };

  it('is verified as one, and says which of its epochs are absent', async () => {
    const folder = temporaryFolder();
    const ledger = await thirdEpoch(folder);
    const before = (await ledger.signedHead())._unsafeUnwrap();
    const whole = (await ledger.verify({ against: before }))._unsafeUnwrap();
    expect(whole).toMatchObject({ size: 308, defects: [], absent: [], unchecked: 0 });
    await ledger.close();
    rmSync(join(folder, 'ledger-0002.db'));
    const later = await temporaryLedger({ folder });
    const less = (await later.verify({ against: before }))._unsafeUnwrap();
    expect(less).toMatchObject({
      size: 308,
      root: whole.root,
      defects: [],
      absent: [{ from: 301, to: 307, before: 3 }],
    });
    rmSync(join(folder, 'ledger.db'));
    expect((await later.verify())._unsafeUnwrap()).toMatchObject({ defects: [], absent: [{ from: 0, to: 307 }] });
  });

  it('has epochs that verify alone, and a changed one is named', async () => {
    const [folder, alone] = [temporaryFolder(), temporaryFolder()];
    const ledger = await thirdEpoch(folder);
    await ledger.close();
    expect(await checked(ledger, folder)).toMatchObject({ size: 308, defects: [], absent: [] });
    copyFileSync(join(folder, 'ledger-0002.db'), join(alone, 'ledger-0002.db'));
    const second = await checked(ledger, alone);
    expect(second).toMatchObject({ size: 307, defects: [], absent: [{ from: 0, to: 301, before: 2 }] });
    const database = await outsideConnection(folder, 'ledger-0002.db');
    changeUnseen(database, () => {
      database.exec("INSERT INTO once VALUES ('approval:a:0', 1)");
      database.exec(`UPDATE meta SET value = replace(value, '"size":307', '"size":306') WHERE name = 'closed'`);
    });
    database.close();
    const kinds = new Set((await checked(ledger, folder)).defects.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['bad_leaf', 'truncated']);
    rmSync(join(folder, 'ledger-0003.db'));
    const messages = (await checked(ledger, folder)).defects.map(({ message }) => message);
    expect(messages).toContain('the newest epoch of the ledger is absent');
  });

  it('is not taken for whole when one epoch stands on another tree than the one before it ended with', async () => {
    const folder = temporaryFolder();
    const ledger = await thirdEpoch(folder);
    await ledger.close();
    const database = await outsideConnection(folder, 'ledger-0003.db');
    const { value } = database.prepare("SELECT value FROM meta WHERE name = 'base'").get() ?? {};
    const base = JSON.parse(String(value));
    const peaks = `${'0'.repeat(64)}${base.peaks.slice(64)}`;
    changeUnseen(database, () =>
      database.prepare("UPDATE meta SET value = ? WHERE name = 'base'").run(JSON.stringify({ ...base, peaks })),
    );
    database.close();
    expect((await checked(ledger, folder)).defects.map(({ kind }) => kind)).toContain('bad_root');
    expect((await openLedger({ folder }))._unsafeUnwrapErr().kind).toBe('evidence.damaged');
  });

  it('is proved and exported over all epochs that are there', async () => {
    const folder = temporaryFolder();
    const ledger = await thirdEpoch(folder);
    const key = ledger.verifierKey;
    const early = (await ledger.signedHead())._unsafeUnwrap();
    await stored(
      ledger,
      Array.from({ length: 300 }, () => decision()),
    );
    const [proof, against, file] = ['proof', 'head', 'export'].map((name) => join(temporaryFolder(), name)) as [
      string,
      string,
      string,
    ];
    const proves = async (text: string) => {
      writeFileSync(proof, text);
      writeFileSync(against, early);
      return (await checkProof({ path: proof, key, against })).proves;
    };
    for (const index of [0, 255, 256, 300, 301, 303, 307, 400, 511, 512, 600]) {
      expect(await proves((await ledger.proveInclusion(index))._unsafeUnwrap()), String(index)).toBe('inclusion');
    }
    expect(await proves((await ledger.proveConsistency(early))._unsafeUnwrap())).toBe('consistency');
    (await ledger.exportTo(file))._unsafeUnwrap();
    expect(await verified(file)).toMatchObject({ size: 608, defects: [], absent: [] });
    await ledger.close();
    rmSync(join(folder, 'ledger.db'));
    const later = await temporaryLedger({ folder });
    expect((await later.proveInclusion(300))._unsafeUnwrapErr().kind).toBe('evidence.not_covered');
    for (const index of [301, 303, 307, 511, 512, 600]) {
      expect(await proves((await later.proveInclusion(index))._unsafeUnwrap()), String(index)).toBe('inclusion');
    }
    expect(await proves((await later.proveConsistency(early))._unsafeUnwrap())).toBe('consistency');
    (await later.exportTo(file))._unsafeUnwrap();
    expect(await verified(file)).toMatchObject({ size: 608, defects: [], absent: [{ from: 0, to: 301, before: 2 }] });
  });
});
