import { describe, expect, it } from 'vitest';
import { outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';

const record = (body: number) => ({ type: 'decision.made', body }) as const;

describe('appends of one moment', () => {
  it('share a transaction and its time', async () => {
    let ticks = 0;
    const clock = {
      now: () => new Date(Date.UTC(2026, 0, 1) + ticks++).toISOString(),
      monotonicMs: () => 0,
      sleep: async () => {},
    };
    const ledger = await temporaryLedger({ clock });
    await Promise.all(Array.from({ length: 50 }, (_, body) => ledger.append([record(body)])));
    const records = (await ledger.find({ types: ['decision.made'], limit: 100 }))._unsafeUnwrap();
    expect(records).toHaveLength(50);
    expect(new Set(records.map(({ recordedAt }) => recordedAt)).size).toBe(1);
  });

  it('are written in bounded groups, in the order asked', async () => {
    const ledger = await temporaryLedger();
    const receipts = await Promise.all(Array.from({ length: 1300 }, (_, body) => ledger.append([record(body)])));
    expect(receipts.map((one) => one._unsafeUnwrap()[0]?.index)).toEqual(receipts.map((_, at) => at + 1));
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  it('hold one larger than a group too', async () => {
    const ledger = await temporaryLedger();
    const many = await ledger.append(Array.from({ length: 2000 }, (_, body) => record(body)));
    expect(many._unsafeUnwrap()).toHaveLength(2000);
  });
});

describe('a lock held by another process', () => {
  it('is waited for while the event loop goes on', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const other = await outsideConnection(folder);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    setTimeout(() => other.exec('COMMIT'), 150);
    const appended = await ledger.append([record(1)]);
    clearInterval(turning);
    other.close();
    expect(appended.isOk()).toBe(true);
    expect(turns).toBeGreaterThan(20);
  });

  it('is waited for only so long; nothing is stored and the ledger is of use afterwards', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder, waitMs: 100 });
    const other = await outsideConnection(folder);
    other.exec('BEGIN IMMEDIATE');
    const refused = await ledger.append([record(1)]);
    expect(refused._unsafeUnwrapErr()).toMatchObject({
      kind: 'unavailable',
      message: 'the ledger is held by other processes',
    });
    expect((await ledger.size())._unsafeUnwrap()).toBe(1);
    other.exec('COMMIT');
    other.close();
    expect((await ledger.append([record(2)]))._unsafeUnwrap()[0]?.index).toBe(1);
  });
});

describe('signed heads', () => {
  const headsOf = async (folder: string) => {
    const database = await outsideConnection(folder);
    const sizes = database
      .prepare('SELECT size FROM head ORDER BY size')
      .all()
      .map(({ size }) => size);
    database.close();
    return sizes;
  };

  it('are made within the interval while there is something new, and not again without', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder, headEveryMs: 30 });
    (await ledger.append([record(1)]))._unsafeUnwrap();
    await expect.poll(() => headsOf(folder)).toEqual([1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await headsOf(folder)).toEqual([1, 2]);
  });

  it('are made at every 256 records and at the end', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    for (let group = 0; group < 6; group += 1)
      (await ledger.append(Array.from({ length: 100 }, (_, body) => record(body))))._unsafeUnwrap();
    expect(await headsOf(folder)).toEqual([1, 301, 601]);
    (await ledger.append([record(1)]))._unsafeUnwrap();
    await ledger.close();
    expect(await headsOf(folder)).toEqual([1, 301, 601, 602]);
  });

  it('are told once they are durable', async () => {
    const told: string[] = [];
    const ledger = await temporaryLedger({ onHead: (note) => told.push(note) });
    (await ledger.append(Array.from({ length: 300 }, (_, body) => record(body))))._unsafeUnwrap();
    const last = (await ledger.signedHead())._unsafeUnwrap();
    (await ledger.append([record(1)]))._unsafeUnwrap();
    await ledger.close();
    expect(told.map((note) => note.split('\n')[1])).toEqual(['301', '302']);
    expect(told[0]).toBe(last);
  });

  it('are handed out over everything acknowledged', async () => {
    const ledger = await temporaryLedger();
    (await ledger.append([record(1), record(2)]))._unsafeUnwrap();
    const { size, root } = (await ledger.head())._unsafeUnwrap();
    const lines = (await ledger.signedHead())._unsafeUnwrap().split('\n');
    expect(lines.slice(0, 3)).toEqual([ledger.origin, String(size), Buffer.from(root, 'hex').toString('base64')]);
  });
});

describe('a record that cannot be written down', () => {
  it('is refused alone', async () => {
    const ledger = await temporaryLedger();
    const results = await Promise.all([
      ledger.append([{ type: 'decision.made', body: Number.NaN }]),
      ledger.append([{ type: 'decision.made', body: 'lone \ud800' }]),
      ledger.append([{ type: 'other' as 'decision.made', body: 1 }]),
      ledger.append([{ type: 'decision.made', body: undefined as unknown as null }]),
      ledger.append([{ type: 'decision.made', body: 'x'.repeat(5 * 1024 * 1024) }]),
      ledger.append([record(1)]),
    ]);
    expect(results.map((result) => (result.isOk() ? 'stored' : result.error.kind))).toEqual([
      ...Array(5).fill('unavailable'),
      'stored',
    ]);
  });
});
