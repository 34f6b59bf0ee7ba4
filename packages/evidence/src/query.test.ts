import { type NewRecord, RECORD_TYPES, type RecordQuery } from '@meshclaw/core';
import { createMemoryLedger } from '@meshclaw/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';

const pick = (prefix: string, count: number) => fc.integer({ min: 0, max: count }).map((n) => `${prefix}-${n}`);
const types = fc.constantFrom(...RECORD_TYPES.slice(0, 6));
const records = fc.array(
  fc.record(
    {
      type: types,
      run: pick('run', 40),
      execution: pick('execution', 500),
      target: pick('server', 6),
      subject: pick('agent', 2),
      operation: pick('op', 3),
      body: fc.nat(9),
    },
    { requiredKeys: ['type', 'body'] },
  ),
  { minLength: 600, maxLength: 700 },
);
const queries: fc.Arbitrary<RecordQuery> = fc.record(
  {
    types: fc.uniqueArray(types, { maxLength: 3 }),
    run: pick('run', 40),
    execution: pick('execution', 500),
    target: pick('server', 6),
    subject: pick('agent', 2),
    operation: pick('op', 3),
    after: fc.integer({ min: -2, max: 720 }),
    order: fc.constantFrom('oldest_first' as const, 'newest_first' as const),
    since: fc.nat(110).map(at),
    until: fc.nat(110).map(at),
    limit: fc.integer({ min: 0, max: 900 }),
  },
  { requiredKeys: ['limit'] },
);

/** Every append has a time of its own; now and then the clock goes back. */
function at(tick: number): string {
  return new Date(Date.UTC(2026, 0, 1) + (tick % 19 === 18 ? tick - 10 : tick) * 1000).toISOString();
}

/** The same appends in both, each at a time of its own; the one of SQLite has a record of its own in front. */
async function both(list: readonly NewRecord[]) {
  let tick = 0;
  const clock = { now: () => at(tick), monotonicMs: () => 0, sleep: async () => {} };
  const memory = createMemoryLedger({ clock });
  const kept = await temporaryLedger({ clock });
  (await memory.append([{ type: 'ledger.created', body: 0 }]))._unsafeUnwrap();
  for (let from = 0; from < list.length; from += 7) {
    tick += 1;
    for (const ledger of [memory, kept]) (await ledger.append(list.slice(from, from + 7)))._unsafeUnwrap();
  }
  return { memory, kept };
}

describe('a query', () => {
  it('finds and counts what the ledger in memory does, over blocks and what follows them', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(queries, { minLength: 60, maxLength: 60 }), async (list, asked) => {
        const { memory, kept } = await both(list);
        for (const query of asked) {
          const [wanted, found] = await Promise.all([memory.find(query), kept.find(query)]);
          const indices = (one: typeof wanted) => one._unsafeUnwrap().map(({ index }) => index);
          expect(indices(found), JSON.stringify(query)).toEqual(indices(wanted));
          const { after: _, order: __, limit: ___, ...filter } = query;
          expect((await kept.count(filter))._unsafeUnwrap()).toBe((await memory.count(filter))._unsafeUnwrap());
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it('is bounded, whatever limit is asked for', async () => {
    const ledger = await temporaryLedger();
    (await ledger.append(Array.from({ length: 1100 }, (_, body) => ({ type: 'decision.made', body }))))._unsafeUnwrap();
    const sizes = [5000, 1000, 2.9, 0, -1, Number.NaN, Number.POSITIVE_INFINITY];
    const pages = await Promise.all(sizes.map((limit) => ledger.find({ limit })));
    expect(pages.map((page) => page._unsafeUnwrap().length)).toEqual([1000, 1000, 2, 0, 0, 0, 1000]);
  });

  it('understands times in any ISO 8601 form and refuses what is none', async () => {
    const ledger = await temporaryLedger({
      clock: { now: () => '2026-01-01T00:00:00.000Z', monotonicMs: () => 0, sleep: async () => {} },
    });
    const counted = await Promise.all(
      ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.001Z'].map((since) =>
        ledger.count({ since }),
      ),
    );
    expect(counted.map((count) => count._unsafeUnwrap())).toEqual([1, 1, 0]);
    expect((await ledger.find({ since: 'yesterday', limit: 1 }))._unsafeUnwrapErr().kind).toBe('unavailable');
  });
});

describe('an index that was changed', () => {
  it('does not make a query answer with a record that was not asked for', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const targets = Array.from({ length: 300 }, (_, body) => ({ target: `t${body % 3}`, body }));
    (await ledger.append(targets.map((one) => ({ type: 'decision.made' as const, ...one }))))._unsafeUnwrap();
    const outside = await outsideConnection(folder);
    outside.exec("DROP TRIGGER term_no_update; UPDATE term SET places = x'06' WHERE term = 'target=t1' AND block = 0");
    outside.close();
    const found = await ledger.find({ target: 't1', limit: 10 });
    expect(found._unsafeUnwrapErr()).toMatchObject({ kind: 'unavailable' });
  });
});
