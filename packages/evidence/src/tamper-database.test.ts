import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeUnseen,
  dropTriggers,
  outsideConnection,
  temporaryFolder,
  temporaryLedger,
} from './_testing/temporary.js';
import type { Database } from './database.js';
import type { LedgerHandle } from './ledger.js';
import { openLedger } from './open-ledger.js';

const RECORDS = 600;

async function filled(): Promise<{ ledger: LedgerHandle; folder: string }> {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  for (let part = 0; part < 3; part += 1) {
    const records = Array.from({ length: RECORDS / 3 }, (_, number) => ({
      type: 'decision.made' as const,
      target: `web-${number % 7}`,
      once: `key-${part}-${number}`,
      body: { part, number, text: 'x'.repeat(number) },
    }));
    (await ledger.append(records))._unsafeUnwrap();
  }
  (await ledger.signedHead())._unsafeUnwrap();
  return { ledger, folder };
}

/** The kinds of defect named after somebody with the file, but without the key, changed it. */
async function kindsAfter(change: (database: Database) => void): Promise<string[]> {
  const { ledger, folder } = await filled();
  const database = await outsideConnection(folder);
  changeUnseen(database, () => change(database));
  database.close();
  const { defects } = (await ledger.verify())._unsafeUnwrap();
  return [...new Set(defects.map(({ kind }) => kind))];
}

describe('the tables of a ledger', () => {
  it.each([
    'UPDATE record SET type = type WHERE idx = 1',
    'DELETE FROM record WHERE idx = 1',
    'DELETE FROM record',
    'UPDATE head SET note = note',
    'DELETE FROM head',
    'UPDATE tree SET size = size',
    'DELETE FROM tree',
    'UPDATE meta SET value = value',
  ])('refuse %s', async (statement) => {
    const { folder } = await filled();
    const database = await outsideConnection(folder);
    expect(() => database.exec(statement)).toThrow('the ledger is append-only');
    database.close();
  });
});

describe('verify', () => {
  it('finds nothing wrong with a ledger that nobody changed', async () => {
    const { ledger } = await filled();
    expect((await ledger.verify())._unsafeUnwrap()).toMatchObject({ size: RECORDS + 1, defects: [] });
  });

  it.each([
    [
      'UPDATE record SET bytes = CAST(replace(CAST(bytes AS TEXT), \'"part":1\', \'"part":7\') AS BLOB) WHERE idx = 300',
      'bad_leaf',
    ],
    ["UPDATE record SET target = 'web-99' WHERE idx = 300", 'bad_leaf'],
    ['UPDATE record SET once = NULL WHERE idx = 300', 'bad_leaf'],
    ["UPDATE record SET type = 'freeze.set' WHERE idx = 300", 'bad_leaf'],
    ["UPDATE record SET leaf = x'00' WHERE idx = 300", 'bad_leaf'],
    ['DELETE FROM record WHERE idx = 300', 'missing'],
    ['DELETE FROM record WHERE idx >= 300', 'truncated'],
    ['DELETE FROM record', 'truncated'],
    [
      'UPDATE record SET idx = CASE idx WHEN 300 THEN -301 ELSE -300 END WHERE idx IN (300, 301); UPDATE record SET idx = -idx WHERE idx < 0',
      'out_of_order',
    ],
    [
      'INSERT INTO record SELECT 601, leaf, bytes, recorded_at, writer, type, run, execution, plan, approval, digest, subject, target, operation, policy, NULL FROM record WHERE idx = 300',
      'out_of_order',
    ],
    ['UPDATE tree SET size = 600', 'bad_root'],
    ['UPDATE tree SET peaks = randomblob(length(peaks))', 'bad_root'],
    ['DELETE FROM tree', 'bad_root'],
    ['UPDATE head SET size = 599 WHERE size = 601', 'bad_signature'],
    ["UPDATE head SET note = replace(note, 'meshclaw.local', 'meshclaw.other')", 'unknown_key'],
    ['UPDATE head SET note = (SELECT note FROM head WHERE size = 1)', 'bad_signature'],
    ['DROP INDEX record_type', 'unreadable'],
    ['CREATE TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END', 'unreadable'],
    ['ALTER TABLE record ADD COLUMN more TEXT', 'unreadable'],
  ])('names %s as %s', async (statement, kind) => {
    expect(await kindsAfter((database) => database.exec(statement))).toContain(kind);
  });

  it('names triggers that are gone', async () => {
    const { ledger, folder } = await filled();
    const database = await outsideConnection(folder);
    dropTriggers(database);
    database.close();
    expect((await ledger.verify())._unsafeUnwrap().defects).toMatchObject([{ kind: 'unreadable' }]);
  });

  it('names a ledger that was rewritten whole, tree and all: its heads were signed over another', async () => {
    const { ledger, folder } = await filled();
    const other = await filled();
    await other.ledger.close();
    const foreign = await outsideConnection(other.folder);
    const database = await outsideConnection(folder);
    const rows = foreign.prepare('SELECT idx, leaf, bytes, recorded_at, writer FROM record WHERE idx > 0').all();
    const { peaks = null } = foreign.prepare('SELECT peaks FROM tree').get() ?? {};
    changeUnseen(database, () => {
      const update = database.prepare(
        'UPDATE record SET leaf = ?, bytes = ?, recorded_at = ?, writer = ? WHERE idx = ?',
      );
      for (const { idx, leaf, bytes, recorded_at, writer } of rows) {
        update.run(leaf ?? null, bytes ?? null, recorded_at ?? null, writer ?? null, idx ?? null);
      }
      database.prepare('UPDATE tree SET peaks = ?').run(peaks);
    });
    expect((await ledger.verify())._unsafeUnwrap().defects.map(({ kind }) => kind)).toContain('bad_root');
    foreign.close();
    database.close();
  });

  it('names a damaged file, or reads the very same records, for one byte turned in each of 20 pages', async () => {
    const { ledger, folder } = await filled();
    const { root } = (await ledger.head())._unsafeUnwrap();
    await ledger.close();
    const file = readFileSync(join(folder, 'ledger.db'));
    let named = 0;
    for (let turn = 0; turn < 20; turn += 1) {
      const copy = join(temporaryFolder(), 'ledger');
      cpSync(folder, copy, { recursive: true });
      // One place in each twentieth of the file, so that tables and indexes are all met.
      const at = Math.floor(((turn + Math.random()) * file.length) / 20);
      const turned = Buffer.from(file);
      turned[at] = (turned[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
      writeFileSync(join(copy, 'ledger.db'), turned);
      const again = await openLedger({ folder: copy });
      if (again.isErr()) {
        named += 1;
        continue;
      }
      const verified = (await again.value.verify())._unsafeUnwrap();
      await again.value.close();
      if (verified.defects.length > 0) named += 1;
      else expect(verified.root, `byte ${at}`).toBe(root);
    }
    expect(named).toBeGreaterThan(0);
  });
});

describe('opening', () => {
  it.each([
    ['records that were cut off', 'DELETE FROM record WHERE idx >= 590', 'truncated'],
    ['a tree that was put back', 'UPDATE tree SET size = 512, peaks = zeroblob(32)', 'out_of_order'],
    ['a record that was changed', "UPDATE record SET bytes = CAST('{}' AS BLOB) WHERE idx = 590", 'bad_root'],
    ['a head that was changed', "UPDATE head SET note = 'x' WHERE size = 601", 'bad_signature'],
    ['heads that are gone', 'DELETE FROM head', 'truncated'],
    ['an index that is gone', 'DROP INDEX record_once', 'unreadable'],
  ])('refuses %s', async (_, statement, kind) => {
    const { ledger, folder } = await filled();
    await ledger.close();
    const database = await outsideConnection(folder);
    changeUnseen(database, () => database.exec(statement));
    database.close();
    const refused = (await openLedger({ folder }))._unsafeUnwrapErr();
    expect(refused).toMatchObject({ kind: 'evidence.damaged', defects: [{ kind }] });
  });
});
