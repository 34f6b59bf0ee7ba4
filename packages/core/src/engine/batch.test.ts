import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dialRead } from '../_testing/dial.js';
import { exited } from '../_testing/scripted-executor.js';
import { createWorld } from '../_testing/world.js';
import { defineWorkflow } from '../workflow.js';

/** The same read under another name, and one that takes its time. */
const other: typeof dialRead = { ...dialRead, name: 'dial.other' as string as 'dial.read' };
const slow: typeof dialRead = { ...dialRead, limits: { ...dialRead.limits, timeoutMs: 120_000 } };

const readTwice = (second: typeof dialRead = other) =>
  defineWorkflow({
    id: 'read-twice',
    title: 'Read twice',
    description: 'Reads the dial twice.',
    phase: 'observe',
    uses: [dialRead, second],
    example: 'read-twice',
    input: z.strictObject({ server: z.string() }),
    data: z.strictObject({ first: z.int().nullable(), second: z.int().nullable() }),
    run: async ({ server }, context) => {
      const { a, b } = await context.performAll(server, { a: [dialRead, {}], b: [second, {}] });
      const value = (one: typeof a) => (one.isOk() ? one.value.output.value : null);
      return { data: { first: value(a), second: value(b) } };
    },
  });

/** A world whose executor answers reads together, and how many came each time. */
function createTogether(answer?: Parameters<typeof createWorld>[0]) {
  const world = createWorld(answer);
  const rounds: number[] = [];
  world.dial.together = async (actions) => {
    rounds.push(actions.length);
    return ok(actions.map((_, place) => exited(`${place + 7}\n`)));
  };
  return { ...world, rounds };
}

describe('several reads of one target', () => {
  it('travel in one round trip, each with its own decision, outcome and facts on record', async () => {
    const { agent, rounds, policy, ledger, executor } = createTogether();
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report).toMatchObject({ status: 'ok', data: { first: 7, second: 8 } });
    expect([rounds, executor.performances, policy.requests.length]).toEqual([[2], [], 2]);
    const records = (await ledger.find({ target: 'web1', limit: 10 }))._unsafeUnwrap();
    const types = ['decision.made', 'execution.finished', 'observation.recorded'];
    expect(records.map(({ type }) => type)).toEqual([...types, ...types]);
    expect(new Set(records.map(({ execution }) => execution)).size).toBe(2);
    expect(report.evidence).toHaveLength(6);
  });

  it('go one by one where the executor takes one at a time', async () => {
    const { agent, executor } = createWorld();
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report).toMatchObject({ status: 'ok', data: { first: 1, second: 1 } });
    expect(executor.performances).toHaveLength(2);
  });

  it('leave out what policy denies, which is on record as denied', async () => {
    const { agent, rounds, executor } = createTogether(({ action }) =>
      action.name === 'dial.other' ? 'deny' : undefined,
    );
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report).toMatchObject({ status: 'partial', problems: [{ kind: 'denied', operation: 'dial.other' }] });
    expect([rounds, executor.performances.length]).toEqual([[], 1]);
  });

  it('do not wait for one that may take long', async () => {
    const { agent, rounds, executor } = createTogether();
    expect((await agent.run(readTwice(slow), { server: 'web1' })).status).toBe('ok');
    expect([rounds, executor.performances.length]).toEqual([[], 2]);
  });

  it('fail each for itself', async () => {
    const { agent, dial } = createWorld();
    dial.together = async () => ok([exited('no number\n'), exited('8\n')]);
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report).toMatchObject({
      status: 'partial',
      data: { first: null, second: 8 },
      problems: [{ kind: 'unparseable_output', operation: 'dial.read' }],
    });
  });

  it('are unknown where the executor answers fewer than it was asked', async () => {
    const { agent, dial } = createWorld();
    dial.together = async () => ok([exited('7\n')]);
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report).toMatchObject({ data: { first: 7, second: null }, problems: [{ kind: 'outcome_unknown' }] });
  });

  it('are all not sent when nothing was, and each is on record so', async () => {
    const { agent, dial, ledger } = createWorld();
    dial.together = async () => err({ kind: 'unreachable', message: 'nobody answers' });
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report.status).toBe('failed');
    expect(report.problems.map(({ kind, operation }) => [kind, operation])).toEqual([
      ['not_sent', 'dial.read'],
      ['not_sent', 'dial.other'],
    ]);
    const finished = (await ledger.find({ types: ['execution.finished'], limit: 10 }))._unsafeUnwrap();
    const notSent = { outcome: { kind: 'not_sent' } };
    expect(finished.map(({ body }) => body)).toMatchObject([notSent, notSent]);
  });

  it('answer nothing when they cannot be kept', async () => {
    const { agent, ledger } = createTogether();
    ledger.failAppends((records) => records.some(({ type }) => type === 'execution.finished'));
    const report = await agent.run(readTwice(), { server: 'web1' });
    expect(report.status).toBe('failed');
    expect(report.problems.map(({ kind }) => kind)).toEqual(['unrecorded', 'unrecorded']);
  });
});
