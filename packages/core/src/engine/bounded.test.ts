import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dialSet } from '../_testing/dial.js';
import { createTestApprover } from '../_testing/test-approver.js';
import { createWorld } from '../_testing/world.js';
import type { Obligation } from '../decision.js';
import { defineWorkflow } from '../workflow.js';

const method = (bounded?: unknown): Obligation => ({
  id: 'm',
  type: 'approval_method',
  parameters: { minimum: 'signature', ...(bounded === undefined ? {} : { bounded_uses: bounded as number }) },
});
/** Policy that permits so much; `more` are other obligations. */
const worldOf = (bounded: unknown = 5, ...more: readonly Obligation[]) =>
  createWorld(({ action }) =>
    action.class === 'read' ? undefined : { effect: 'approval_required', obligations: [method(bounded), ...more] },
  );
type World = ReturnType<typeof worldOf>;
const turnBoth = defineWorkflow({
  id: 'turn-both',
  title: 'Turn both dials',
  description: 'Plans to set the dial of two servers.',
  phase: 'plan',
  uses: [dialSet],
  example: 'turn-both',
  input: z.strictObject({}),
  data: z.strictObject({}),
  run: async (_, context) => {
    const steps = [];
    for (const server of ['web1', 'web2']) {
      const step = await context.propose(dialSet, server, { value: 1 }, 'wanted');
      if (step.isOk()) steps.push(step.value);
    }
    return { data: {}, steps };
  },
});
const BOUNDS = {
  subject: { type: 'agent' as const, id: 'codex' },
  operations: ['dial.set'],
  targets: ['web1'],
  uses: 2,
  minutes: 60,
};
const request = (world: World, bounds: Partial<typeof BOUNDS> = {}) =>
  world.desk.requestBounded({ ...BOUNDS, ...bounds }, { by: 'human:dana' });
const granted = async (world: World, bounds: Partial<typeof BOUNDS> = {}) => {
  const { id } = (await request(world, bounds))._unsafeUnwrap();
  return (await world.grant(id))._unsafeUnwrap();
};
const set = async ({ agent, dial }: World, value: number, server = 'web1') => {
  const done = await agent.perform(dialSet, server, { value });
  dial.value = 1;
  return done.isOk() ? 'done' : done.error.kind;
};

describe('a bounded grant', () => {
  it('is so many uses, each decided, recorded and a slot of its own', async () => {
    const world = worldOf();
    const { id, status } = await granted(world);
    expect([status, await set(world, 7), await set(world, 8), await set(world, 9)]).toEqual([
      ...['granted', 'done', 'done', 'approval_required'],
    ]);
    const uses = world.ledger.records.filter(({ type }) => type === 'approval.consumed');
    expect(uses.map(({ approval, once }) => [approval, once])).toEqual([
      [id, `approval:${id}:0`],
      [id, `approval:${id}:1`],
    ]);
    for (const type of ['decision.made', 'execution.intended']) {
      expect(world.ledger.records.filter((one) => one.type === type && one.approval === id)).toHaveLength(2);
    }
    expect((await world.desk.show(id))._unsafeUnwrap()).toMatchObject({
      approval: { status: 'used', consumed: [0, 1] },
    });
  });

  it.each([
    ['another server', { targets: ['web2'] }],
    ['another operation', { operations: ['dial.smash'] }],
    ['another subject', { subject: { type: 'agent' as const, id: 'other' } }],
    ['more uses than policy permits', { uses: 6 }],
  ])('is none for %s', async (_, bounds) => {
    const world = worldOf();
    await granted(world, bounds);
    expect(await set(world, 7)).toBe('approval_required');
  });

  it.each([
    ['says nothing of it', undefined],
    ['says never', 0],
    ['says something that is no number', '5'],
    ['says less than was granted', 1],
  ])('is none where policy %s', async (_, bounded) => {
    const world = createWorld(({ action }) =>
      action.class === 'read' ? undefined : { effect: 'approval_required', obligations: [method(bounded)] },
    );
    await granted(world);
    expect(await set(world, 7)).toBe('approval_required');
  });

  it('is none where policy wants more signers or a stronger key now', async () => {
    const eyes = worldOf(5, { id: 'f', type: 'four_eyes', parameters: { signers: 2 } });
    await granted(eyes);
    expect(await set(eyes, 7)).toBe('approval_required');
    const touched = createWorld(({ action }) =>
      action.class === 'read'
        ? undefined
        : {
            effect: 'approval_required',
            obligations: [{ ...method(5), parameters: { minimum: 'presence', bounded_uses: 5 } }],
          },
    );
    await granted(touched);
    expect(await set(touched, 7)).toBe('approval_required');
  });

  it('ends with its time, its revocation, its approver and the freeze', async () => {
    for (const end of [
      async (world: World): Promise<void> => world.clock.advance(60 * 60_000),
      async (world: World, id: string): Promise<void> => {
        (await world.desk.revoke(id, { by: 'human:eve', reason: '' }))._unsafeUnwrap();
      },
      async (world: World): Promise<void> => {
        world.approvers.splice(0);
      },
    ]) {
      const world = worldOf();
      const { id } = await granted(world);
      await end(world, id);
      expect(await set(world, 7)).toBe('approval_required');
    }
    const world = worldOf();
    await granted(world);
    (await world.ledger.append([{ type: 'freeze.set', body: {} }]))._unsafeUnwrap();
    expect(await set(world, 7)).toBe('refused');
  });

  it('does not outweigh a no to exactly this', async () => {
    const world = worldOf();
    const refusal = (await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    const id = refusal.kind === 'approval_required' ? refusal.approval.id : '';
    (await world.desk.deny(id, { by: 'human:dana', reason: '' }))._unsafeUnwrap();
    await granted(world);
    expect([await set(world, 7), await set(world, 8)]).toEqual(['refused', 'done']);
  });

  it('says every bound, or is no grant', async () => {
    const world = worldOf();
    for (const bounds of [
      { uses: 0 },
      { uses: 51 },
      { minutes: 0 },
      { minutes: 1_441 },
      { targets: [] },
      { operations: [] },
    ]) {
      expect((await request(world, bounds))._unsafeUnwrapErr().kind).toBe('invalid_bounds');
    }
    const { id } = (await request(world, { targets: ['*'] }))._unsafeUnwrap();
    (await world.grant(id))._unsafeUnwrap();
    expect(await set(world, 7)).toBe('approval_required');
  });

  it('is asked for once while it waits, is refused for a day after a no, and counts among what waits', async () => {
    const world = worldOf();
    const first = (await request(world))._unsafeUnwrap();
    expect((await request(world, { targets: ['web1', 'web1'] }))._unsafeUnwrap().id).toBe(first.id);
    (await world.desk.deny(first.id, { by: 'human:dana', reason: '' }))._unsafeUnwrap();
    expect((await request(world))._unsafeUnwrapErr().kind).toBe('approval_denied');
    for (let uses = 1; uses <= 20; uses += 1) (await request(world, { uses: uses + 10 }))._unsafeUnwrap();
    expect((await request(world, { uses: 40 }))._unsafeUnwrapErr().kind).toBe('too_many_pending');
  });

  it('needs two where it says two', async () => {
    const world = worldOf(5, { id: 'f', type: 'four_eyes', parameters: { signers: 2 } });
    const erin = createTestApprover('erin');
    world.approvers.push(erin);
    const demands = { minimum: 'signature', signers: 2 } as const;
    const { id } = (await world.desk.requestBounded(BOUNDS, { by: 'human:dana', demands }))._unsafeUnwrap();
    expect((await world.grant(id))._unsafeUnwrap().status).toBe('pending');
    expect((await world.grant(id, erin))._unsafeUnwrap().status).toBe('granted');
    expect(await set(world, 7)).toBe('done');
  });

  it('does not hold when its record was changed to hold more', async () => {
    const world = worldOf();
    const { id } = await granted(world);
    const record = world.ledger.records.find(({ type }) => type === 'approval.requested');
    const body = record?.body as { bounds: object } | undefined;
    Object.assign(body?.bounds ?? {}, { uses: 5 });
    expect((await world.desk.show(id))._unsafeUnwrapErr().kind).toBe('unknown_approval');
    expect(await set(world, 7)).toBe('approval_required');
  });

  it('is used for the steps of a plan, a use each', async () => {
    const world = worldOf();
    await granted(world, { targets: ['web1', 'web2'] });
    const { plan } = await world.agent.run(turnBoth, {});
    expect((await world.agent.apply(plan?.id ?? ''))._unsafeUnwrap()).toMatchObject([
      { state: 'done' },
      { state: 'done' },
    ]);
    expect(await set(world, 7)).toBe('approval_required');
  });

  it('gives each of two that ask at once a use of its own', async () => {
    const world = worldOf();
    await granted(world, { targets: ['web1', 'web2'] });
    const calls = ['web1', 'web2'].map((server) => world.agent.perform(dialSet, server, { value: 1 }));
    expect((await Promise.all(calls)).map((one) => one.isOk())).toEqual([true, true]);
    expect(world.dial.sets).toBe(2);
  });
});
