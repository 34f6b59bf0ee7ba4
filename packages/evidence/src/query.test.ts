import { describe, expect, it } from 'vitest';
import { temporaryLedger } from './_testing/temporary.js';
import { countSearch, pageSearch } from './query.js';
import { SCHEMA } from './schema.js';
import { loadSqlite } from './sqlite.js';

const KEYS = ['run', 'execution', 'plan', 'approval', 'digest', 'subject', 'target', 'operation', 'policy'] as const;

async function plansOf(search: ReturnType<typeof pageSearch>): Promise<string> {
  const sqlite = await loadSqlite();
  const database = new sqlite(':memory:');
  database.exec(SCHEMA);
  const { sql = 'SELECT 1', parameters = [] } = search._unsafeUnwrap() ?? {};
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  database.close();
  return rows.map(({ detail }) => String(detail)).join('\n');
}

describe('a query', () => {
  it.each(KEYS)('by %s and types walks its index in order, without reading other records', async (key) => {
    const plan = await plansOf(
      pageSearch({ [key]: 'x', types: ['plan.created', 'alert.opened'], after: 7, limit: 10 }),
    );
    expect(plan).toContain(`USING COVERING INDEX record_${key} (${key}=? AND idx>?)`);
    expect(plan).not.toMatch(/SCAN record|TEMP B-TREE FOR ORDER BY.*record/);
  });

  it('by a key that is stored once finds it directly', async () => {
    expect(await plansOf(pageSearch({ once: 'x', limit: 1 }))).toContain('INDEX record_once (once=?)');
  });

  it('by types walks one index for each type', async () => {
    const plan = await plansOf(
      pageSearch({ types: ['plan.created', 'alert.opened'], limit: 10, order: 'newest_first' }),
    );
    expect(plan.match(/COVERING INDEX record_type \(type=\?\)/g)).toHaveLength(2);
  });

  it('by time walks the index of times', async () => {
    const since = '2026-01-01T00:00:00Z';
    expect(await plansOf(pageSearch({ since, limit: 10 }))).toContain('COVERING INDEX record_recorded_at');
    expect(await plansOf(countSearch({ since }))).toContain('COVERING INDEX record_recorded_at');
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
