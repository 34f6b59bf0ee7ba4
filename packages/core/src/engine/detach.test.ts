import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { dialSet } from '../_testing/dial.js';
import { exited } from '../_testing/scripted-executor.js';
import { createWorld } from '../_testing/world.js';
import { keepBrokenOff, unsettledExecutions } from '../executions.js';
import type { ExecutorError, Followed } from '../executor.js';

type Said = Result<Followed | { readonly kind: 'cut' }, ExecutorError>;
const RUNNING = ok({ kind: 'running' } as const);
const CUT = ok({ kind: 'cut' } as const);
const UNREACHABLE = err<never, ExecutorError>({ kind: 'unreachable', message: 'the network is cut' });
const ENDED = ok(exited('set'));

/** A dial that keeps changes going: `started` is said at first, then `looks` one by one, the last of them for ever. */
function createKeeping(started: Said, looks: readonly Said[] = []) {
  const world = createWorld(({ action }) => (action.class === 'read' ? undefined : 'auto_safe'));
  const { dial, ledger, clock, agent } = world;
  const done: string[] = [];
  const said = [...looks];
  const next = () => (said.length > 1 ? said.shift() : said[0]) as Result<Followed, ExecutorError>;
  const say = <T>(answer: Result<T, ExecutorError>) => new ResultAsync(Promise.resolve(answer));
  dial.detached = {
    start: () => {
      done.push('start');
      if (started.isOk()) dial.value = 5;
      return say(started);
    },
    follow: (_, { stop, waitMs }) => {
      done.push(stop ? 'stop' : 'follow');
      const answer = next();
      if (answer.isOk()) clock.advance(waitMs);
      return say(answer);
    },
    forget: () => {
      done.push('forget');
      return say(ok(undefined));
    },
  };
  const patient = world.mesh.as({ subject: { type: 'agent', id: 'codex' }, surface: 'mcp', waitMs: 20_000 });
  return {
    ...world,
    done,
    says: (answer: Said) => said.splice(0, said.length, answer),
    change: (session = patient) => session.perform(dialSet, 'web1', { value: 5 }),
    patient,
    agent,
    ended: () => ledger.records.filter(({ type }) => type === 'execution.finished').filter((one) => !isRead(one)),
    unsettled: async () => (await unsettledExecutions(ledger, clock.now()))._unsafeUnwrap(),
  };
}
const isRead = ({ operation }: { readonly operation?: string }) => operation === 'dial.read';
const executionOf = (refusal: object): string => ('execution' in refusal ? String(refusal.execution) : '');

describe('a change that may take longer than its asker waits', () => {
  it('is done where it ends in time, and then nothing of it is kept on the target', async () => {
    const { change, done, ended } = createKeeping(ENDED);
    expect((await change()).isOk()).toBe(true);
    expect(done).toEqual(['start', 'forget']);
    expect(ended()).toMatchObject([{ body: { outcome: { kind: 'exited', exit_code: 0 } } }]);
  });

  it('is answered as running when the time is over, with its intent on record and no end', async () => {
    const { change, done, ended, ledger, unsettled } = createKeeping(RUNNING, [RUNNING]);
    const refusal = (await change())._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'running', execution: expect.stringMatching(/^exec-/) });
    expect(ledger.records.filter(({ type }) => type === 'execution.intended')).toMatchObject([
      { body: { detached: true } },
    ]);
    expect([ended(), done.includes('forget')]).toEqual([[], false]);
    expect(await unsettled()).toMatchObject([{ state: 'running', execution: executionOf(refusal) }]);
  });

  it('is not detached where it is quick, so that nothing changes for it', async () => {
    const { change, agent, done } = createKeeping(ENDED);
    expect((await change(agent)).isOk()).toBe(true);
    expect(done).toEqual([]);
  });

  it('is read back after a cut, and begun once', async () => {
    const { change, done, ended } = createKeeping(CUT, [UNREACHABLE, UNREACHABLE, ENDED]);
    expect((await change()).isOk()).toBe(true);
    expect(done).toEqual(['start', 'follow', 'follow', 'follow', 'forget']);
    expect(ended()).toHaveLength(1);
  });

  it('was not sent where the cut came before it: it certainly never began', async () => {
    const { change, ended } = createKeeping(CUT, [ok({ kind: 'absent' })]);
    expect((await change())._unsafeUnwrapErr()).toMatchObject({ kind: 'not_sent', error: { kind: 'not_started' } });
    expect(ended()).toMatchObject([{ body: { outcome: { kind: 'not_sent' } } }]);
  });

  it('is begun as part of the call where the target cannot keep it, under another name', async () => {
    const { change, dial, ended, ledger } = createKeeping(err({ kind: 'unsupported', message: 'no place' }));
    expect((await change()).isOk()).toBe(true);
    expect(dial.sets).toBe(1);
    const intents = ledger.records.filter(({ type }) => type === 'execution.intended');
    expect(intents.map(({ body }) => (body as { detached?: boolean }).detached ?? false)).toEqual([true, false]);
    expect(new Set(intents.map(({ execution }) => execution)).size).toBe(2);
    expect(ended().map(({ body }) => (body as { outcome: { kind: string } }).outcome.kind)).toEqual([
      'not_sent',
      'exited',
    ]);
  });
});

describe('the end of a change that went on by itself', () => {
  async function running() {
    const keeping = createKeeping(RUNNING, [RUNNING]);
    const execution = executionOf((await keeping.change())._unsafeUnwrapErr());
    return { ...keeping, execution };
  }

  it('is read back by whoever asks, put on record once, and removed from the target', async () => {
    const { agent, done, ended, execution, says, unsettled } = await running();
    expect((await agent.collect(execution))._unsafeUnwrapErr().kind).toBe('running');
    says(ENDED);
    const what = { execution, operation: 'dial.set', target: 'web1', outcome: { kind: 'exited', exitCode: 0 } };
    expect((await agent.collect(execution))._unsafeUnwrap()).toMatchObject(what);
    expect(done.filter((one) => one === 'forget')).toHaveLength(1);
    says(UNREACHABLE);
    expect((await agent.collect(execution))._unsafeUnwrap()).toMatchObject(what);
    expect([ended().length, await unsettled()]).toEqual([1, []]);
  });

  it('waits on the target after its time is over, and is never called unknown by that alone', async () => {
    const { clock, ledger, unsettled, execution, agent, says } = await running();
    clock.advance(600_000);
    expect(await unsettled()).toMatchObject([{ state: 'unread', execution }]);
    expect((await keepBrokenOff(ledger, clock.now()))._unsafeUnwrap()).toBe(0);
    says(ENDED);
    expect((await agent.collect(execution)).isOk()).toBe(true);
  });

  it('is unknown for good where the target says so, and is not asked for again', async () => {
    const { agent, done, execution, says, unsettled } = await running();
    says(ok({ kind: 'unknown', reason: 'the server went down', durationMs: 1 }));
    expect((await agent.collect(execution))._unsafeUnwrapErr()).toMatchObject({
      kind: 'outcome_unknown',
      reason: 'the server went down',
    });
    const asked = done.length;
    expect((await agent.collect(execution))._unsafeUnwrapErr().kind).toBe('outcome_unknown');
    expect(done.length).toBe(asked);
    expect(await unsettled()).toMatchObject([{ state: 'unknown' }]);
  });

  it('is brought about by who asked for it or a person, and by nobody else', async () => {
    const { agent, mesh, execution, done } = await running();
    const other = mesh.as({ subject: { type: 'agent', id: 'mallory' }, surface: 'mcp' });
    expect((await other.collect(execution, { stop: true }))._unsafeUnwrapErr()).toMatchObject({ why: 'not_the_asker' });
    expect(done).not.toContain('stop');
    expect((await agent.collect(execution, { stop: true }))._unsafeUnwrapErr().kind).toBe('running');
    expect(done).toContain('stop');
  });

  it('is read from no other machine than the one it was begun on', async () => {
    const { agent, dial, execution, done } = await running();
    dial.identity = 'dial:2';
    const asked = done.length;
    expect((await agent.collect(execution))._unsafeUnwrapErr()).toMatchObject({ error: { kind: 'identity_mismatch' } });
    expect(done.length).toBe(asked);
  });

  it('is none of what was never begun', async () => {
    const { agent } = createKeeping(ENDED);
    expect((await agent.collect('exec-nobody'))._unsafeUnwrapErr()).toMatchObject({ why: 'unknown_execution' });
  });
});
