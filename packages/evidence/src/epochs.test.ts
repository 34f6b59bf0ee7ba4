import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewRecord } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';
import { decision, stored, thirdEpoch } from './_testing/epochs.js';
import { describeLedger } from './_testing/ledger-contract.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import type { LedgerHandle } from './ledger.js';
import { openLedger } from './open-ledger.js';

const bodies = async (ledger: LedgerHandle, query: object): Promise<unknown[]> =>
  (await ledger.find({ limit: 1000, ...query }))._unsafeUnwrap().map(({ body }) => body);

describeLedger('a ledger in its third epoch', () => thirdEpoch());

describe('a ledger that is rotated', () => {
  it('goes on with the next index in a new file, closed and begun by signed heads', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    await stored(ledger, [decision({ body: 1 })]);
    expect((await ledger.rotate())._unsafeUnwrap()).toEqual({ epoch: 1, size: 2 });
    const [receipt] = await stored(ledger, [decision({ body: 2 })]);
    expect(receipt?.index).toBe(3);
    const [first] = (await ledger.find({ types: ['ledger.continued'], limit: 1 }))._unsafeUnwrap();
    expect(first).toMatchObject({ index: 2, body: { epoch: 2, part: 1, parts: 1, once: {} } });
    expect(String((first?.body as { readonly head?: string } | undefined)?.head).split('\n')[1]).toBe('2');
    expect(['ledger.db', 'ledger-0002.db', 'ledger.epoch'].map((name) => existsSync(join(folder, name)))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('keeps the order of its records over all epochs, page by page', async () => {
    const ledger = await thirdEpoch();
    const all = (await ledger.size())._unsafeUnwrap();
    for (const order of ['oldest_first', 'newest_first'] as const) {
      const indices: number[] = [];
      for (let after: number | undefined; ; after = indices.at(-1)) {
        const page = (
          await ledger.find({ order, limit: 100, ...(after === undefined ? {} : { after }) })
        )._unsafeUnwrap();
        if (page.length === 0) break;
        indices.push(...page.map(({ index }) => index));
      }
      const dense = Array.from({ length: all }, (_, index) => index);
      expect(indices).toEqual(order === 'oldest_first' ? dense : dense.toReversed());
    }
    expect((await ledger.count({}))._unsafeUnwrap()).toBe(all);
    expect((await ledger.count({ types: ['decision.made'] }))._unsafeUnwrap()).toBe(305);
  });

  it('keeps keys that are used, also when the file they were used in is gone', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    await stored(ledger, [decision({ once: 'approval:a:0' }), decision({ once: 'approver:first' })]);
    (await ledger.rotate())._unsafeUnwrap();
    (await ledger.rotate())._unsafeUnwrap();
    await ledger.close();
    for (const name of ['ledger.db', 'ledger-0002.db']) rmSync(join(folder, name));
    const later = await temporaryLedger({ folder });
    for (const once of ['approval:a:0', 'approver:first']) {
      expect((await later.append([decision({ once })]))._unsafeUnwrapErr()).toMatchObject({ kind: 'already_recorded' });
    }
  });

  it('lets go of the keys of approvals that ended long ago, and of no others', async () => {
    let now = '2026-01-01T00:00:00.000Z';
    const clock = { now: () => now, monotonicMs: () => 0, sleep: async () => undefined };
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder, clock });
    await stored(ledger, [decision({ once: 'approval:old:0' }), decision({ once: 'approver:first' })]);
    const many = Array.from({ length: 1100 }, (_, at) => decision({ once: `turn:web:${at}` }));
    await stored(ledger, many);
    now = '2026-03-01T00:00:00.000Z';
    await stored(ledger, [decision({ once: 'approval:new:0' })]);
    (await ledger.rotate())._unsafeUnwrap();
    const kinds = await Promise.all(
      ['approval:new:0', 'approver:first', 'turn:web:1099', 'approval:old:0'].map(async (once) =>
        (await ledger.append([decision({ once })])).match(
          () => 'taken',
          ({ kind }) => kind,
        ),
      ),
    );
    expect(kinds).toEqual(['already_recorded', 'already_recorded', 'already_recorded', 'taken']);
  });

  it('tells what still holds when older files are gone', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const execution = (name: string, target: string): NewRecord => ({
      ...{ type: 'execution.intended', execution: name, target, operation: 'service.restart' },
      body: { timeout_ms: 1000 },
    });
    await stored(ledger, [
      { type: 'policy.loaded', policy: 'a'.repeat(64), body: 'older policy' },
      { type: 'policy.loaded', policy: 'b'.repeat(64), body: 'policy' },
      { type: 'freeze.set', body: 'frozen' },
      { type: 'approver.added', body: 'dana' },
      { type: 'plan.created', plan: 'plan-1', digest: 'd'.repeat(64), body: 'the plan' },
      { type: 'approval.requested', plan: 'plan-1', approval: 'appr-1', body: 'asked' },
      { type: 'approval.denied', plan: 'plan-1', approval: 'appr-1', body: 'no' },
      { type: 'lease.opened', body: 'lease' },
      { type: 'alert.opened', body: 'alert' },
      { type: 'observation.recorded', target: 'web', body: 'seen' },
      execution('pending', 'web'),
      execution('unsettled', 'web'),
      { type: 'execution.finished', execution: 'unsettled', body: { outcome: { kind: 'unknown' } } },
      { ...decision({ body: 'not needed' }) },
    ]);
    (await ledger.rotate())._unsafeUnwrap();
    (await ledger.rotate())._unsafeUnwrap();
    const before = (await ledger.find({ types: ['execution.intended'], limit: 9 }))._unsafeUnwrap();
    await ledger.close();
    renameSync(join(folder, 'ledger.db'), join(temporaryFolder(), 'archived.db'));
    rmSync(join(folder, 'ledger-0002.db'));
    const later = await temporaryLedger({ folder });
    expect((await later.find({ types: ['execution.intended'], limit: 9 }))._unsafeUnwrap()).toEqual(before);
    const newest = async (types: NewRecord['type'][]) =>
      (await bodies(later, { types, order: 'newest_first', limit: 1 }))[0];
    expect(await newest(['policy.loaded'])).toBe('policy');
    expect(await newest(['freeze.set', 'freeze.cleared'])).toBe('frozen');
    expect(await bodies(later, { types: ['approver.added'] })).toEqual(['dana']);
    expect(await bodies(later, { approval: 'appr-1' })).toEqual(['asked', 'no']);
    expect(await bodies(later, { plan: 'plan-1', types: ['plan.created'] })).toEqual(['the plan']);
    expect(await bodies(later, { types: ['lease.opened', 'alert.opened'] })).toEqual(['lease', 'alert']);
    expect(await bodies(later, { target: 'web', types: ['observation.recorded'] })).toEqual(['seen']);
    expect(await bodies(later, { execution: 'unsettled', types: ['execution.finished'] })).toHaveLength(1);
    expect(await bodies(later, { types: ['decision.made'] })).toEqual([]);
    expect((await later.count({ types: ['execution.intended'], target: 'web' }))._unsafeUnwrap()).toBe(2);
  });

  it('refuses what was decided before a record in the closed epoch, also when that is gone', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    const from = (await ledger.size())._unsafeUnwrap();
    await stored(ledger, [decision()]);
    const before = (await ledger.size())._unsafeUnwrap();
    await stored(ledger, [{ type: 'freeze.set', body: {} }]);
    (await ledger.rotate())._unsafeUnwrap();
    const unless = (at: number) => ({ types: ['freeze.set'] as const, from: at });
    expect((await ledger.append([decision()], unless(before)))._unsafeUnwrapErr().kind).toBe('overtaken');
    expect((await ledger.append([decision()], unless(before + 1))).isOk()).toBe(true);
    await ledger.close();
    rmSync(join(folder, 'ledger.db'));
    const later = await temporaryLedger({ folder });
    expect((await later.append([decision()], unless(from)))._unsafeUnwrapErr().kind).toBe('overtaken');
    expect((await later.append([decision()], unless(before + 2))).isOk()).toBe(true);
  });

  it('is followed by others that have it open, for reading and for writing', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await temporaryLedger({ folder }), await temporaryLedger({ folder })];
    await stored(two, [decision()]);
    (await one.rotate())._unsafeUnwrap();
    await stored(one, [{ type: 'freeze.set', body: 'now' }]);
    expect(await bodies(two, { types: ['freeze.set'] })).toEqual(['now']);
    expect((await two.size())._unsafeUnwrap()).toBe((await one.size())._unsafeUnwrap());
    (await one.rotate())._unsafeUnwrap();
    expect((await stored(two, [decision()]))[0]?.index).toBe(5);
  });

  it('rotates by itself when a file is full, and when it is old', async () => {
    const full = await temporaryLedger({ epoch: { maxBytes: 200_000 } });
    for (let at = 0; at < 4; at += 1)
      await stored(
        full,
        Array.from({ length: 512 }, () => decision({ body: 'x'.repeat(100) })),
      );
    expect((await full.count({ types: ['ledger.continued'] }))._unsafeUnwrap()).toBeGreaterThan(1);
    let now = '2026-01-01T00:00:00.000Z';
    const old = await temporaryLedger({
      clock: { now: () => now, monotonicMs: () => 0, sleep: async () => undefined },
    });
    await stored(
      old,
      Array.from({ length: 300 }, () => decision()),
    );
    expect((await old.count({ types: ['ledger.continued'] }))._unsafeUnwrap()).toBe(0);
    now = '2026-04-02T00:00:00.000Z';
    await stored(old, [decision()]);
    (await old.signedHead())._unsafeUnwrap();
    expect((await old.count({ types: ['ledger.continued'] }))._unsafeUnwrap()).toBe(1);
  });
});

describe('a rotation that broke off', () => {
  it('is ended by whoever opens the ledger next', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    await stored(ledger, [decision({ once: 'key' })]);
    (await ledger.rotate())._unsafeUnwrap();
    await ledger.close();
    // As after a crash between the closing of the old file and the naming of the new one.
    for (const name of ['ledger-0002.db', 'ledger.epoch']) rmSync(join(folder, name));
    writeFileSync(join(folder, 'ledger-0002.db.0123456789ab.tmp'), 'half of a file');
    const later = await Promise.all([temporaryLedger({ folder }), temporaryLedger({ folder })]);
    for (const one of later) {
      expect((await one.append([decision({ once: 'key' })]))._unsafeUnwrapErr().kind).toBe('already_recorded');
    }
    const indices = await Promise.all(later.map(async (one) => (await stored(one, [decision()]))[0]?.index));
    expect(indices.toSorted()).toEqual([3, 4]);
    // As after a crash before the new epoch was noted.
    await Promise.all(later.map((one) => one.close()));
    rmSync(join(folder, 'ledger.epoch'));
    expect((await (await temporaryLedger({ folder })).size())._unsafeUnwrap()).toBe(5);
    expect(existsSync(join(folder, 'ledger.epoch'))).toBe(true);
  });

  it('does not hide that the newest file is gone: its keys would be free again', async () => {
    const folder = temporaryFolder();
    await (await thirdEpoch(folder)).close();
    rmSync(join(folder, 'ledger-0003.db'));
    expect((await openLedger({ folder }))._unsafeUnwrapErr().kind).toBe('evidence.ledger_missing');
    writeFileSync(join(folder, 'ledger.epoch'), 'not a number');
    expect((await openLedger({ folder }))._unsafeUnwrapErr().kind).toBe('evidence.ledger_missing');
  });

  it('is not believed when the new file does not begin where the old one ended', async () => {
    const folder = temporaryFolder();
    await (await thirdEpoch(folder)).close();
    renameSync(join(folder, 'ledger-0002.db'), join(folder, 'ledger-0003.db'));
    expect((await openLedger({ folder }))._unsafeUnwrapErr().kind).toBe('evidence.damaged');
  });
});
