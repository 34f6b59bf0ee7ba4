/** What every `Ledger` does, whatever it is made of: called once for each implementation. */

import type { Ledger, NewRecord, RecordQuery } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';

/** A ledger for one test; it may begin with records of its own. */
export type StartLedger = () => Promise<Ledger>;

const decision = (more: Partial<NewRecord> = {}): NewRecord => ({
  type: 'decision.made',
  body: { effect: 'allow' },
  ...more,
});
const found = async (ledger: Ledger, query: Partial<RecordQuery>): Promise<unknown[]> =>
  (await ledger.find({ limit: 100, ...query }))._unsafeUnwrap().map(({ body }) => body);
const sizeOf = async (ledger: Ledger): Promise<number> => (await ledger.size())._unsafeUnwrap();

/** Describes the behaviour of the port. */
export function describeLedger(name: string, start: StartLedger): void {
  describe(`${name}, as a ledger`, () => {
    describeAppend(start);
    describeOnceAndUnless(start);
    describeFind(start);
  });
}

function describeAppend(start: StartLedger): void {
  it('answers dense indices in the order asked, and leaf hashes', async () => {
    const ledger = await start();
    const before = await sizeOf(ledger);
    const receipts = (await ledger.append([decision(), decision(), decision()]))._unsafeUnwrap();
    expect(receipts.map(({ index }) => index)).toEqual([before, before + 1, before + 2]);
    for (const { leaf } of receipts) expect(leaf).toMatch(/^[0-9a-f]{64}$/);
    expect(await sizeOf(ledger)).toBe(before + 3);
  });

  it('keeps every field of a record and adds index, time and writer', async () => {
    const ledger = await start();
    const full: NewRecord = {
      type: 'execution.intended',
      run: 'run-1',
      execution: 'execution-1',
      plan: 'plan-1',
      approval: 'approval-1',
      digest: 'd'.repeat(64),
      subject: 'agent:one',
      target: 'web-1',
      operation: 'service.restart',
      policy: 'p'.repeat(64),
      once: 'plan:plan-1:0',
      body: { nested: { list: [1, 2.5, null, true, 'text \u00e4\u{1f600}\u0000'] } },
    };
    const [receipt] = (await ledger.append([full]))._unsafeUnwrap();
    const [stored] = (await ledger.find({ once: 'plan:plan-1:0', limit: 1 }))._unsafeUnwrap();
    expect(stored).toMatchObject({ ...full, index: receipt?.index });
    expect(stored?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(stored?.writer).not.toBe('');
  });

  it('changes its head with every record', async () => {
    const ledger = await start();
    const before = (await ledger.head())._unsafeUnwrap();
    (await ledger.append([decision()]))._unsafeUnwrap();
    const after = (await ledger.head())._unsafeUnwrap();
    expect(after.size).toBe(before.size + 1);
    expect(after.root).not.toBe(before.root);
  });

  it('finds nothing wrong with itself', async () => {
    const ledger = await start();
    (await ledger.append([decision(), decision({ once: 'key' })]))._unsafeUnwrap();
    const verification = (await ledger.verify())._unsafeUnwrap();
    expect(verification).toMatchObject({ ...(await ledger.head())._unsafeUnwrap(), defects: [] });
  });
}

function describeOnceAndUnless(start: StartLedger): void {
  it('stores a key once, and nothing else of the append that repeats it', async () => {
    const ledger = await start();
    (await ledger.append([decision({ once: 'key' })]))._unsafeUnwrap();
    const before = await sizeOf(ledger);
    const refused = await ledger.append([decision(), decision({ once: 'key' })]);
    expect(refused._unsafeUnwrapErr()).toMatchObject({ kind: 'already_recorded', once: 'key' });
    expect(await sizeOf(ledger)).toBe(before);
  });

  it('refuses an append that names one key twice', async () => {
    const ledger = await start();
    const refused = await ledger.append([decision({ once: 'twice' }), decision({ once: 'twice' })]);
    expect(refused._unsafeUnwrapErr()).toMatchObject({ kind: 'already_recorded', once: 'twice' });
    expect((await ledger.append([decision({ once: 'twice' })])).isOk()).toBe(true);
  });

  it('lets one of many callers have a key, and the others go on without it', async () => {
    const ledger = await start();
    const before = await sizeOf(ledger);
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, caller) => ledger.append([decision({ once: `key-${caller % 4}` })])),
    );
    expect(results.filter((result) => result.isOk())).toHaveLength(4);
    expect(await sizeOf(ledger)).toBe(before + 4);
  });

  it('refuses as overtaken when such a record came at or after that index', async () => {
    const ledger = await start();
    const from = await sizeOf(ledger);
    (await ledger.append([{ type: 'freeze.set', body: {} }]))._unsafeUnwrap();
    const late = await ledger.append([decision()], { types: ['freeze.set', 'approval.revoked'], from });
    expect(late._unsafeUnwrapErr().kind).toBe('overtaken');
    const other = await ledger.append([decision()], { types: ['approval.revoked'], from });
    const later = await ledger.append([decision()], { types: ['freeze.set'], from: from + 1 });
    expect([other.isOk(), later.isOk()]).toEqual([true, true]);
  });
}

function describeFind(start: StartLedger): void {
  const filled = async (): Promise<Ledger> => {
    const ledger = await start();
    const targets = ['a', 'b', 'a', 'b', 'a'];
    const records = targets.map((target, place) => ({
      type: place % 2 === 0 ? ('plan.created' as const) : ('observation.recorded' as const),
      target,
      subject: place < 3 ? 'agent:one' : 'agent:two',
      body: place,
    }));
    (await ledger.append(records))._unsafeUnwrap();
    return ledger;
  };

  it('finds by any field, by types and by both', async () => {
    const ledger = await filled();
    expect(await found(ledger, { target: 'a' })).toEqual([0, 2, 4]);
    expect(await found(ledger, { target: 'a', subject: 'agent:one' })).toEqual([0, 2]);
    expect(await found(ledger, { types: ['observation.recorded'] })).toEqual([1, 3]);
    expect(await found(ledger, { types: ['plan.created', 'observation.recorded'] })).toEqual([0, 1, 2, 3, 4]);
    expect(await found(ledger, { types: ['plan.created'], target: 'b' })).toEqual([]);
    expect(await found(ledger, { types: [] })).toEqual([]);
    expect(await found(ledger, { run: 'none' })).toEqual([]);
  });

  it('pages forwards and backwards without loss', async () => {
    const ledger = await filled();
    for (const order of ['oldest_first', 'newest_first'] as const) {
      const query = { types: ['plan.created', 'observation.recorded'], order, limit: 2 } as const;
      const bodies: unknown[] = [];
      let after: number | undefined;
      for (let page = 0; page < 4; page += 1) {
        const records = (await ledger.find(after === undefined ? query : { ...query, after }))._unsafeUnwrap();
        bodies.push(...records.map(({ body }) => body));
        after = records.at(-1)?.index ?? after;
      }
      expect(bodies).toEqual(order === 'oldest_first' ? [0, 1, 2, 3, 4] : [4, 3, 2, 1, 0]);
    }
  });

  it('finds what was recorded from a time on and before another', async () => {
    const ledger = await filled();
    const [first] = (await ledger.find({ target: 'a', limit: 1 }))._unsafeUnwrap();
    const at = first?.recordedAt ?? '';
    const after = new Date(Date.parse(at) + 60_000).toISOString();
    expect(await found(ledger, { target: 'a', since: at, until: after })).toEqual([0, 2, 4]);
    expect(await found(ledger, { target: 'a', since: after })).toEqual([]);
    expect(await found(ledger, { types: ['plan.created'], until: at })).toEqual([]);
  });

  it('counts what it would find', async () => {
    const ledger = await filled();
    const counts = [{ target: 'a' }, { types: ['observation.recorded'] }, { run: 'none' }] as const;
    expect(await Promise.all(counts.map(async (query) => (await ledger.count(query))._unsafeUnwrap()))).toEqual([
      3, 2, 0,
    ]);
    expect((await ledger.count({}))._unsafeUnwrap()).toBe(await sizeOf(ledger));
  });
}
