import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dialRead, dialSet } from '../_testing/dial.js';
import { createWorld } from '../_testing/world.js';
import type { PlanStep } from '../plan.js';
import { defineWorkflow } from '../workflow.js';

const readServers = defineWorkflow({
  id: 'read-servers',
  title: 'Read dials',
  description: 'Reads the dial of each server.',
  phase: 'observe',
  uses: [dialRead],
  example: 'read-servers',
  input: z.strictObject({ servers: z.array(z.string()) }),
  data: z.strictObject({ values: z.array(z.int().nullable()) }),
  run: async ({ servers }, context) => {
    const read = await context.each(servers, (server) => context.perform(dialRead, server, {}));
    return { data: { values: read.map((one) => (one.isOk() ? one.value.output.value : null)) } };
  },
});

describe('running a workflow', () => {
  it('reports data, targets, evidence and the head in input order', async () => {
    const { agent } = createWorld();
    const report = await agent.run(readServers, { servers: ['web2', 'web1'] });
    expect(report).toMatchObject({ status: 'ok', data: { values: [1, 1] }, problems: [], head: { size: 6 } });
    expect(report.evidence).toHaveLength(6);
  });

  it('is partial when one target fails, however the author treats it', async () => {
    const { agent } = createWorld();
    const report = await agent.run(readServers, { servers: ['web1', 'web9'] });
    expect(report).toMatchObject({ status: 'partial', problems: [{ kind: 'unknown_target', target: 'web9' }] });
  });

  it('has failed without data when nothing was learned', async () => {
    const { agent } = createWorld(() => 'deny');
    const report = await agent.run(readServers, { servers: ['web1'] });
    expect(report.status).toBe('failed');
    expect('data' in report).toBe(false);
  });

  it('has failed when its input does not fit, when it throws, and when its data do not fit', async () => {
    const { agent } = createWorld();
    const spec = { ...readServers, uses: [dialRead] as const, phase: 'observe' as const, positionals: [] };
    const throws = defineWorkflow({ ...spec, run: async () => Promise.reject(new Error('defect')) });
    const lies = defineWorkflow({ ...spec, run: async () => ({ data: { values: 'many' } as never }) });
    expect(await agent.run(readServers, { servers: 1 } as never)).toMatchObject({
      status: 'failed',
      problems: [{ kind: 'invalid_input' }],
    });
    for (const workflow of [throws, lies]) {
      expect(await agent.run(workflow, { servers: [] })).toMatchObject({
        status: 'failed',
        problems: [{ kind: 'refused', why: 'defect' }],
      });
    }
  });

  it('gives an observing workflow no way to change anything, at run time too', async () => {
    const { agent, dial } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    const sneaky = defineWorkflow({
      ...readServers,
      phase: 'observe' as const,
      uses: [dialRead, dialSet] as const,
      positionals: [],
      run: async (_, context) => {
        const perform = context.perform as unknown as (o: typeof dialSet, t: string, i: object) => Promise<unknown>;
        await perform(dialSet, 'web1', { value: 9 });
        return { data: { values: [] } };
      },
    });
    expect((await agent.run(sneaky, { servers: [] })).problems).toMatchObject([{ kind: 'refused', why: 'defect' }]);
    expect(dial.sets).toBe(0);
  });

  it('stores no plan with a step that it did not propose itself', async () => {
    const { agent, ledger } = createWorld();
    const forged = defineWorkflow({
      ...readServers,
      phase: 'plan' as const,
      uses: [dialSet] as const,
      positionals: [],
      run: async () => ({ data: { values: [] }, steps: [{ operation: 'dial.set' } as unknown as PlanStep] }),
    });
    expect((await agent.run(forged, { servers: [] })).status).toBe('failed');
    expect(ledger.records.some(({ type }) => type === 'plan.created')).toBe(false);
  });

  it('predicts the effect of what it suggests', async () => {
    const { agent } = createWorld();
    const suggests = defineWorkflow({
      ...readServers,
      phase: 'observe' as const,
      uses: [dialRead] as const,
      positionals: [],
      run: async (_, context) => ({
        data: { values: [] },
        next: [
          await context.suggest(dialSet, 'web1', { value: 2 }, 'because'),
          await context.suggest(dialSet, 'web9', { value: 2 }, 'nowhere'),
        ],
      }),
    });
    const report = await agent.run(suggests, { servers: [] });
    expect(report.next.map(({ effect }) => effect)).toEqual(['approval_required', 'deny']);
  });
});

describe('checking', () => {
  it('answers the decision, records the question and runs nothing', async () => {
    const { agent, ledger, executor } = createWorld();
    const decision = (await agent.check('dial.set', 'web1', { value: 3 }))._unsafeUnwrap();
    expect(decision.effect).toBe('approval_required');
    expect(ledger.records).toMatchObject([{ type: 'decision.made', body: { mode: 'check' } }]);
    expect(executor.performances).toEqual([]);
  });

  it('refuses an unknown operation and a wrong input', async () => {
    const { agent } = createWorld();
    expect((await agent.check('dial.smash', 'web1'))._unsafeUnwrapErr().kind).toBe('unsupported');
    expect((await agent.check('dial.set', 'web1', { value: 'x' }))._unsafeUnwrapErr().kind).toBe('invalid_input');
  });
});
