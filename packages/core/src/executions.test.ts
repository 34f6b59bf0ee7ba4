import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { dialSet } from './_testing/dial.js';
import { createWorld } from './_testing/world.js';
import { keepBrokenOff, unsettledExecutions } from './executions.js';
import type { NewRecord } from './ledger.js';

/** A world in which a change is allowed without a person, and ends as the test says. */
function createAllowing() {
  const world = createWorld(({ action }) => (action.class === 'read' ? undefined : 'auto_safe'));
  const { ledger, clock, agent, dial } = world;
  return {
    ...world,
    /** How the change ended: `done`, or the kind of the refusal. */
    change: () =>
      agent.perform(dialSet, 'web1', { value: 5 }).match(
        () => 'done',
        ({ kind }) => kind,
      ),
    keep: async (records: readonly NewRecord[]) => (await ledger.append(records))._unsafeUnwrap(),
    unsettled: async () => (await unsettledExecutions(ledger, clock.now()))._unsafeUnwrap(),
    /** From now on the process ends before its outcome is on record. */
    breakOff: () => ledger.failAppends(([first]) => first?.type === 'execution.finished'),
    mend: () => ledger.failAppends(() => false),
    endUnknown: () => {
      dial.interferes = async (action) =>
        action.kind === 'command' && action.argv[1] === 'set'
          ? ok({ kind: 'unknown', reason: 'the connection was cut', durationMs: 5 })
          : undefined;
    },
  };
}

describe('a change whose end nobody knows', () => {
  it('is none of those that ended', async () => {
    const { change, unsettled } = createAllowing();
    expect(await change()).toBe('done');
    expect(await unsettled()).toEqual([]);
  });

  it('is running as long as its time is not over, and then broken off', async () => {
    const { breakOff, change, unsettled, clock } = createAllowing();
    breakOff();
    expect(await change()).toBe('unrecorded');
    expect(await unsettled()).toMatchObject([{ state: 'running', operation: 'dial.set', target: 'web1' }]);
    clock.advance(30_000 + 60_001);
    expect(await unsettled()).toMatchObject([{ state: 'broken_off', subject: 'agent:codex' }]);
  });

  it('is put on record as unknown once, by however many processes that start', async () => {
    const { breakOff, mend, change, unsettled, clock, ledger } = createAllowing();
    breakOff();
    await change();
    mend();
    clock.advance(600_000);
    const both = await Promise.all([keepBrokenOff(ledger, clock.now()), keepBrokenOff(ledger, clock.now())]);
    expect(both.every((one) => one.isOk())).toBe(true);
    expect((await keepBrokenOff(ledger, clock.now()))._unsafeUnwrap()).toBe(0);
    expect(await unsettled()).toMatchObject([{ state: 'unknown', reason: 'nothing was recorded after its intent' }]);
    const ended = ledger.records.filter(({ once }) => once?.startsWith('broken_off:'));
    expect(ended.map(({ type }) => type)).toEqual(['execution.finished']);
  });

  it('is one that the executor could not tell the end of', async () => {
    const { change, endUnknown, unsettled } = createAllowing();
    endUnknown();
    expect(await change()).toBe('outcome_unknown');
    expect(await unsettled()).toMatchObject([{ state: 'unknown', reason: 'the connection was cut' }]);
  });

  it('is settled by what a person found', async () => {
    const { change, endUnknown, unsettled, keep } = createAllowing();
    endUnknown();
    await change();
    const [one] = await unsettled();
    await keep([{ type: 'execution.settled', execution: one?.execution ?? '', body: {} }]);
    expect(await unsettled()).toEqual([]);
  });

  it('is found among more changes than one page holds', async () => {
    const { change, endUnknown, unsettled, keep } = createAllowing();
    endUnknown();
    await change();
    for (let n = 0; n < 700; n += 1) {
      const execution = `exec-${n}`;
      const body = { timeout_ms: 1, outcome: { kind: 'exited' } };
      await keep([
        { type: 'execution.intended', execution, body },
        { type: 'execution.finished', execution, body },
      ]);
    }
    expect(await unsettled()).toHaveLength(1);
  });

  it('is not called fine where its outcome cannot be read', async () => {
    const { breakOff, mend, change, unsettled, keep } = createAllowing();
    breakOff();
    await change();
    mend();
    const [one] = await unsettled();
    await keep([{ type: 'execution.finished', execution: one?.execution ?? '', body: 'no outcome' }]);
    expect(await unsettled()).toMatchObject([{ state: 'unknown', reason: 'its record cannot be read' }]);
  });
});
