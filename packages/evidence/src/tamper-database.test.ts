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

/** Changes text in the records of the second block, as an SQL statement. */
const edit = (from: string, to: string): string =>
  `UPDATE chunk SET bytes = CAST(replace(CAST(bytes AS TEXT), '${from}', '${to}') AS BLOB) WHERE first = 256`;

describe('the tables of a ledger', () => {
  it.each([
    'UPDATE chunk SET bytes = bytes',
    'DELETE FROM chunk WHERE first = 1',
    'DELETE FROM chunk',
    "INSERT INTO chunk SELECT first, 'x', bytes FROM chunk WHERE first = 1",
    'UPDATE head SET note = note',
    'DELETE FROM head',
    'UPDATE block SET peaks = peaks',
    'DELETE FROM block',
    'UPDATE term SET places = places',
    'DELETE FROM term',
    'UPDATE once SET idx = idx',
    'DELETE FROM once',
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
    [edit('"part":1', '"part":7'), 'bad_root'],
    [edit('"index":300', '"index":999'), 'out_of_order'],
    [edit('"v":1', '"v":2'), 'bad_leaf'],
    [`UPDATE chunk SET bytes = x'2020' WHERE first = 256`, 'unreadable'],
    ["UPDATE chunk SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE first = 256", 'bad_leaf'],
    ['DELETE FROM chunk WHERE first = 256', 'missing'],
    ['DELETE FROM chunk WHERE first >= 256', 'truncated'],
    ['DELETE FROM chunk', 'truncated'],
    [
      'UPDATE chunk SET first = CASE first WHEN 201 THEN -256 ELSE -201 END WHERE first IN (201, 256); UPDATE chunk SET first = -first WHERE first < 0',
      'out_of_order',
    ],
    ['INSERT INTO chunk SELECT 601, recorded_at, bytes FROM chunk WHERE first = 256', 'out_of_order'],
    ['UPDATE block SET peaks = zeroblob(length(peaks)) WHERE number = 1', 'bad_root'],
    ['UPDATE block SET root = zeroblob(32) WHERE number = 0', 'bad_root'],
    ['DELETE FROM block WHERE number = 0', 'bad_root'],
    ['INSERT INTO block SELECT -1, root, peaks, earliest, latest FROM block WHERE number = 0', 'bad_root'],
    ["UPDATE block SET latest = '2020' WHERE number = 0", 'bad_leaf'],
    ["UPDATE term SET places = x'00' WHERE term = 'target=web-3' AND block = 1", 'bad_leaf'],
    ["DELETE FROM term WHERE term = 'target=web-3'", 'bad_leaf'],
    ["INSERT INTO term VALUES ('type=freeze.cleared', 1, x'07')", 'bad_leaf'],
    ["UPDATE once SET idx = 7 WHERE key = 'key-1-3'", 'bad_leaf'],
    ["DELETE FROM once WHERE key = 'key-1-3'", 'bad_leaf'],
    ["INSERT INTO once VALUES ('key-9', 7)", 'bad_leaf'],
    ["UPDATE meta SET value = 'other' WHERE name = 'id'", 'unknown_key'],
    ["INSERT INTO meta VALUES ('more', '1')", 'unknown_key'],
    ['UPDATE head SET size = 599 WHERE size = 601', 'bad_signature'],
    ["UPDATE head SET note = replace(note, 'meshclaw.local', 'meshclaw.other')", 'unknown_key'],
    ['UPDATE head SET note = (SELECT note FROM head WHERE size = 1)', 'bad_signature'],
    ['DROP INDEX block_latest', 'unreadable'],
    ['CREATE TRIGGER more AFTER INSERT ON chunk BEGIN SELECT 1; END', 'unreadable'],
    ['ALTER TABLE chunk ADD COLUMN more TEXT', 'unreadable'],
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
    const rows = foreign.prepare('SELECT first, recorded_at, bytes FROM chunk WHERE first > 0').all();
    const blocks = foreign.prepare('SELECT number, root, peaks, earliest, latest FROM block').all();
    changeUnseen(database, () => {
      const update = database.prepare('UPDATE chunk SET recorded_at = ?, bytes = ? WHERE first = ?');
      for (const { first, recorded_at, bytes } of rows) update.run(recorded_at ?? null, bytes ?? null, first ?? null);
      const tree = database.prepare('UPDATE block SET root = ?, peaks = ?, earliest = ?, latest = ? WHERE number = ?');
      for (const { number, root, peaks, earliest, latest } of blocks) {
        tree.run(root ?? null, peaks ?? null, earliest ?? null, latest ?? null, number ?? null);
      }
    });
    expect((await ledger.verify())._unsafeUnwrap().defects.map(({ kind }) => kind)).toContain('bad_root');
    foreign.close();
    database.close();
  });
});

describe('opening', () => {
  it.each([
    ['records that were cut off', 'DELETE FROM chunk WHERE first >= 512', 'truncated'],
    ['blocks that were taken away', 'DELETE FROM block; DELETE FROM term', 'unreadable'],
    ['a tree that was changed', 'UPDATE block SET peaks = zeroblob(length(peaks)) WHERE number = 1', 'bad_root'],
    ['records that were changed', edit('"part":2', '"part":7').replace('256', '512'), 'bad_root'],
    ['a head that was changed', "UPDATE head SET note = 'x' WHERE size = 601", 'bad_signature'],
    ['heads that are gone', 'DELETE FROM head', 'truncated'],
    ['an index that is gone', 'DROP INDEX block_latest', 'unreadable'],
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
