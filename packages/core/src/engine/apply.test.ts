import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dialSet } from '../_testing/dial.js';
import { exited } from '../_testing/scripted-executor.js';
import { createWorld } from '../_testing/world.js';
import type { RefusalOf } from '../refusal.js';
import { defineWorkflow } from '../workflow.js';

const turnBoth = defineWorkflow({
  id: 'turn-both',
  title: 'Turn both dials',
  description: 'Plans to set the dial of two servers.',
  phase: 'plan',
  uses: [dialSet],
  example: 'turn-both',
  input: z.strictObject({ first: z.int(), second: z.int() }),
  data: z.strictObject({ steps: z.int() }),
  run: async ({ first, second }, context) => {
    const steps = [];
    for (const [server, value] of [['web1', first] as const, ['web2', second] as const]) {
      const step = await context.propose(dialSet, server, { value }, `wanted ${value}`);
      if (step.isOk()) steps.push(step.value);
    }
    return { data: { steps: steps.length }, steps };
  },
});

type World = ReturnType<typeof createWorld>;
const planned = async (world: World, first = 5, second = 5) => {
  const report = await world.agent.run(turnBoth, { first, second });
  expect(report.status).toBe('ok');
  return report.plan?.id ?? '';
};
const asked = async (world: World, plan: string) =>
  ((await world.agent.apply(plan))._unsafeUnwrapErr() as RefusalOf<'approval_required'>).approval;

describe('applying a plan', () => {
  it('asks once for all steps, then runs each of them once', async () => {
    const world = createWorld();
    const plan = await planned(world, 1, 1);
    const approval = await asked(world, plan);
    (await world.grant(approval.id))._unsafeUnwrap();
    expect((await world.agent.apply(plan))._unsafeUnwrap()).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    expect((await world.desk.show(approval.id))._unsafeUnwrap().approval).toMatchObject({
      status: 'used',
      consumed: [0, 1],
    });
  });

  it('stops at a step whose state an earlier one moved, and leaves its slot unused', async () => {
    // Both servers of this world show one dial.
    const world = createWorld();
    const plan = await planned(world, 5, 6);
    const approval = await asked(world, plan);
    (await world.grant(approval.id))._unsafeUnwrap();
    expect((await world.agent.apply(plan))._unsafeUnwrap()).toMatchObject([
      { step: 0, state: 'done' },
      { step: 1, state: 'refused', refusal: { kind: 'stale' } },
    ]);
    expect((await world.desk.show(approval.id))._unsafeUnwrap().approval.consumed).toEqual([0]);
  });

  it('does not run what follows a failed step', async () => {
    const world = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    const plan = await planned(world, 1, 1);
    world.dial.interferes = async (action) =>
      action.kind === 'command' && action.argv[1] === 'set' ? ok(exited('', 1, 'stuck')) : undefined;
    expect((await world.agent.apply(plan))._unsafeUnwrap()).toMatchObject([
      { state: 'failed', refusal: { kind: 'failed', exitCode: 1 } },
      { state: 'not_run' },
    ]);
  });

  it('refuses a second use', async () => {
    const world = createWorld();
    const refusal = (await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    const { approval } = refusal as RefusalOf<'approval_required'>;
    (await world.grant(approval.id))._unsafeUnwrap();
    expect((await world.agent.apply(approval.plan))._unsafeUnwrap()).toMatchObject([{ state: 'done' }]);
    world.dial.value = 1;
    expect((await world.agent.apply(approval.plan))._unsafeUnwrapErr()).toMatchObject({
      kind: 'refused',
      why: 'already_used',
    });
    expect(world.dial.sets).toBe(1);
  });

  it.each([
    ['the observed state moved', ({ dial }: World) => Object.assign(dial, { value: 3 })],
    ['another machine answers', ({ dial }: World) => Object.assign(dial, { identity: 'dial:2' })],
  ])('is stale and runs nothing when %s', async (_, moves) => {
    const world = createWorld();
    const plan = await planned(world);
    (await world.grant((await asked(world, plan)).id))._unsafeUnwrap();
    moves(world);
    expect((await world.agent.apply(plan))._unsafeUnwrapErr().kind).toBe('stale');
    expect(world.dial.sets).toBe(0);
  });

  it('is denied when the policy of now denies, whatever was approved', async () => {
    let denies = false;
    const world = createWorld(({ action }) => (denies && action.class === 'write' ? 'deny' : undefined));
    const plan = await planned(world);
    (await world.grant((await asked(world, plan)).id))._unsafeUnwrap();
    denies = true;
    expect((await world.agent.apply(plan))._unsafeUnwrapErr().kind).toBe('denied');
    expect(world.dial.sets).toBe(0);
  });

  it('is refused to another subject, after its time, and for an unknown id', async () => {
    const world = createWorld();
    const plan = await planned(world);
    const other = world.mesh.as({ subject: { type: 'human', id: 'codex' }, surface: 'cli' });
    expect((await other.apply(plan))._unsafeUnwrapErr()).toMatchObject({ why: 'not_the_asker' });
    expect((await world.agent.apply('plan-none'))._unsafeUnwrapErr()).toMatchObject({ why: 'unknown_plan' });
    world.clock.advance(24 * 3_600_000);
    expect((await world.agent.apply(plan))._unsafeUnwrapErr()).toMatchObject({ why: 'expired' });
  });

  it('runs a plan of auto_safe steps without asking, and only once', async () => {
    const world = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    const plan = await planned(world);
    const first = (await world.agent.apply(plan))._unsafeUnwrap();
    expect(first[0]).toMatchObject({ state: 'done' });
    world.dial.value = 1;
    const again = (await world.agent.apply(plan))._unsafeUnwrap();
    expect(again[0]).toMatchObject({ state: 'refused', refusal: { why: 'already_used' } });
    expect(world.dial.sets).toBe(1);
  });

  it('does not run a plan whose stored bytes do not have its digest', async () => {
    const world = createWorld();
    const plan = await planned(world);
    const record = world.ledger.records.find(({ type }) => type === 'plan.created');
    const body = record?.body as { bytes: string };
    (body as { bytes: string }).bytes = body.bytes.replaceAll('"5"', '"6"');
    expect((await world.agent.apply(plan))._unsafeUnwrapErr()).toMatchObject({ why: 'unknown_plan' });
  });
});
