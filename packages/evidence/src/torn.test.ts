import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lost, storedLeaves } from './_testing/append-run.js';
import { figure, isLong } from './_testing/figure.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { openLedger } from './open-ledger.js';

/** The long form cuts at every byte: `script/test --long torn`. */
const LONG = isLong('torn');
const timeout = LONG ? 3_600_000 : 180_000;
const record = (body: number) => ({ type: 'decision.made', body }) as const;

/** Copies a ledger as a machine that lost power would leave it: with its log, without whoever wrote it. */
function left(folder: string): string {
  const copy = join(temporaryFolder(), 'left');
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return copy;
}

/** Places in a file from one size to another: about `count` of them and both ends, or in the long form one in `every` bytes. */
function places(from: number, to: number, count: number, every: number): number[] {
  const step = LONG ? every : Math.max(1, Math.floor((to - from) / count));
  const some = Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step);
  return [...new Set([...some, to])];
}

describe('a log that power loss cut', () => {
  it('in a commit that nobody was told of leaves everything before it', { timeout }, async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const kept = (await ledger.append(Array.from({ length: 300 }, (_, body) => record(body))))._unsafeUnwrap();
    const acknowledged = kept.map(({ index, leaf }) => [index, leaf] as const);
    const log = join(folder, 'ledger.db-wal');
    const before = statSync(log).size;
    (await ledger.append(Array.from({ length: 300 }, (_, body) => record(body))))._unsafeUnwrap();
    const all = places(before, statSync(log).size, 40, 1);
    const base = left(folder);
    const whole = readFileSync(join(base, 'ledger.db-wal'));
    for (const size of all) {
      // What was not synced may be cut, or be noise.
      const noise = Buffer.alloc(whole.length - size, 0xa5);
      for (const end of [Buffer.alloc(0), noise]) {
        writeFileSync(join(base, 'ledger.db-wal'), Buffer.concat([whole.subarray(0, size), end]));
        const torn = left(base);
        expect(lost(acknowledged, await storedLeaves(torn)), `cut at ${size}`).toEqual([]);
        const again = (await openLedger({ folder: torn }))._unsafeUnwrap();
        const { defects } = (await again.verify())._unsafeUnwrap();
        await again.close();
        expect(defects, `cut at ${size}`).toEqual([]);
      }
    }
    figure(`${2 * all.length} torn logs, ${acknowledged.length} acknowledged records each, 0 lost, 0 defects`);
  });
});

describe('a database file that was cut', () => {
  it('is refused, or named, at every size but its own', { timeout }, async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    (await ledger.append(Array.from({ length: 700 }, (_, body) => record(body))))._unsafeUnwrap();
    await ledger.close();
    const size = statSync(join(folder, 'ledger.db')).size;
    const sizes = places(0, size - 1, 40, 97);
    for (const cut of sizes) {
      const torn = left(folder);
      truncateSync(join(torn, 'ledger.db'), cut);
      const opened = await openLedger({ folder: torn });
      if (opened.isErr()) continue;
      const { defects } = (await opened.value.verify())._unsafeUnwrap();
      await opened.value.close();
      expect(defects, `cut to ${cut}`).not.toEqual([]);
    }
    figure(`${sizes.length} cut database files, all refused or named`);
  });
});

describe('a clock that jumps', () => {
  it('changes neither order nor proof, and records are found by the times they state', async () => {
    const times = ['2026-03-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z'];
    let at = 0;
    const clock = { now: () => times[at % times.length] ?? '', monotonicMs: () => 0, sleep: async () => {} };
    const folder = temporaryFolder();
    // It would be old at each jump, and a new epoch adds a record of its own.
    const ledger = await temporaryLedger({ folder, clock, epoch: { maxAgeMs: Number.POSITIVE_INFINITY } });
    for (at = 1; at <= 600; at += 1) (await ledger.append([record(at)]))._unsafeUnwrap();
    const indices = (await ledger.find({ limit: 1000 }))._unsafeUnwrap().map(({ index }) => index);
    expect(indices).toEqual(indices.map((_, place) => place));
    const old = { since: '1999-01-01T00:00:00Z', until: '2000-01-01T00:00:00Z' };
    expect((await ledger.count(old))._unsafeUnwrap()).toBe(200);
    expect((await ledger.find({ ...old, order: 'newest_first', limit: 1 }))._unsafeUnwrap()[0]?.body).toBe(599);
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
    figure(`${indices.length} records under a clock that jumps by decades, 0 out of order, 0 defects`);
  });
});
