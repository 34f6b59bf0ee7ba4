import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figure, isLong } from './_testing/figure.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { createCheck } from './check.js';
import type { Defect } from './defect.js';
import { parseVerifierKey } from './note.js';
import { pageDefects, readDatabase } from './offline/read-database.js';
import { verifyFile } from './offline/verify-file.js';
import { loadSqlite } from './sqlite.js';

/** The long form turns every bit of an export and one bit of every byte of a database: `script/test --long flips`. */
const LONG = isLong('flips');
const timeout = LONG ? 6 * 3_600_000 : 240_000;

async function smallLedger(records: number) {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  for (let body = 0; body < records; body += 1) {
    const keyed = { target: `web-${body % 3}`, once: `key-${body}`, body: { number: body, effect: 'allow' } };
    (await ledger.append([{ type: 'decision.made', ...keyed }]))._unsafeUnwrap();
  }
  const output = Buffer.from('a long output\n'.repeat(20));
  (await ledger.append([{ type: 'execution.finished', body: 1, blobs: { stdout: output } }]))._unsafeUnwrap();
  (await ledger.signedHead())._unsafeUnwrap();
  return { folder, ledger, key: ledger.verifierKey };
}

/** Turns bits of one byte of a file, looks, and puts it back. */
async function withByte<T>(path: string, at: number, byte: number, look: () => Promise<T>): Promise<T> {
  const whole = readFileSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.of((whole[at] ?? 0) ^ byte), 0, 1, at);
  closeSync(file);
  try {
    return await look();
  } finally {
    writeFileSync(path, whole);
  }
}

async function exportDefects(path: string, key: string): Promise<number> {
  const report = await verifyFile({ path, key });
  return 'failure' in report ? 1 : report.defects.length;
}

/** What is named in a database, and the root over the records that were read. */
async function databaseDefects(path: string, keyText: string): Promise<{ defects: readonly Defect[]; root: string }> {
  const key = parseVerifierKey(keyText);
  if (key === undefined) throw new Error('no key');
  const sqlite = await loadSqlite();
  const check = createCheck(key);
  try {
    const database = new sqlite(path, { readOnly: true });
    await readDatabase(sqlite, database, check, key);
    const { root } = check.finish();
    for (const found of pageDefects(database)) check.defects.add('unreadable', found);
    database.close();
    return { defects: check.defects.list, root };
  } catch {
    return { defects: [{ kind: 'unreadable', message: 'the file cannot be opened' }], root: '' };
  }
}

describe('one changed byte', () => {
  it('of an export is named, whichever it is', { timeout }, async () => {
    const { folder, ledger, key } = await smallLedger(LONG ? 12 : 2);
    const path = join(folder, 'export.jsonl');
    (await ledger.exportTo(path))._unsafeUnwrap();
    const { size } = statSync(path);
    const bits = LONG ? [0, 1, 2, 3, 4, 5, 6, 7] : [0];
    const unnamed: number[] = [];
    for (let at = 0; at < size; at += 1) {
      for (const bit of bits) {
        if ((await withByte(path, at, 1 << bit, () => exportDefects(path, key))) === 0) unnamed.push(at);
      }
    }
    expect(unnamed).toEqual([]);
    figure(`${size * bits.length} changes of an export of ${size} bytes, all named`);
  });

  it('of a database is named, or nothing that is read differs', { timeout }, async () => {
    const { folder, ledger, key } = await smallLedger(300);
    const { root } = (await ledger.head())._unsafeUnwrap();
    await ledger.close();
    const path = join(folder, 'ledger.db');
    const { size } = statSync(path);
    // A step that meets every offset of a page sooner or later.
    const step = LONG ? 1 : Math.floor(size / 400) | 1;
    let [tried, named] = [0, 0];
    const wrong: number[] = [];
    for (let at = 0; at < size; at += step) {
      const found = await withByte(path, at, 1 << (at % 8), () => databaseDefects(path, key));
      tried += 1;
      if (found.defects.length > 0) named += 1;
      else if (found.root !== root) wrong.push(at);
    }
    expect(wrong).toEqual([]);
    figure(
      `${tried} changes of a database of ${size} bytes: ${named} named, ${tried - named} in room nobody reads, 0 wrong`,
    );
  });

  it('of a blob is named', { timeout }, async () => {
    const { folder, ledger } = await smallLedger(1);
    const [prefix = ''] = readdirSync(join(folder, 'blobs'));
    const [name = ''] = readdirSync(join(folder, 'blobs', prefix));
    const path = join(folder, 'blobs', prefix, name);
    const size = LONG ? statSync(path).size : 12;
    for (let at = 0; at < size; at += 1) {
      const verified = await withByte(path, at, 1, async () => (await ledger.verify())._unsafeUnwrap());
      expect(verified.defects, `byte ${at}`).toMatchObject([{ kind: 'bad_blob' }]);
    }
    figure(`${size} changes of a blob, all named`);
  });
});
