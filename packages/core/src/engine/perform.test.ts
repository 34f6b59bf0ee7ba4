import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { dialRead, dialSet } from '../_testing/dial.js';
import { captured, exited } from '../_testing/scripted-executor.js';
import { createWorld } from '../_testing/world.js';
import type { NewRecord } from '../ledger.js';

describe('a read', () => {
  it('answers its typed output and the ids of its records', async () => {
    const { agent, ledger } = createWorld();
    const read = (await agent.perform(dialRead, 'web1', {}))._unsafeUnwrap();
    expect(read.output).toEqual({ value: 1 });
    expect(ledger.records.map(({ type }) => type)).toEqual([
      'decision.made',
      'execution.finished',
      'observation.recorded',
    ]);
    expect(read.evidence).toEqual(['0', '1', '2']);
  });

  it('runs nothing and records the decision when policy denies it', async () => {
    const { agent, executor, ledger } = createWorld(() => 'deny');
    const read = await agent.perform(dialRead, 'web1', {});
    expect(read._unsafeUnwrapErr()).toMatchObject({ kind: 'denied', evidence: ['0'] });
    expect(executor.performances).toEqual([]);
    expect(ledger.records.map(({ type }) => type)).toEqual(['decision.made']);
  });

  it('refuses an unknown target, a wrong input and an unreadable answer, each by its kind', async () => {
    const { agent, dial } = createWorld();
    expect((await agent.perform(dialRead, 'web9', {}))._unsafeUnwrapErr().kind).toBe('unknown_target');
    expect((await agent.perform(dialSet, 'web1', { value: 1.5 }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'invalid_input',
      issues: [expect.stringContaining('value')],
    });
    dial.interferes = async () => ok(exited(''));
    expect((await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });

  it('reports a failing exit, a signal and an unknown outcome as what they are', async () => {
    const { agent, dial } = createWorld();
    const kinds = [];
    for (const outcome of [
      exited('', 3, 'broken'),
      { kind: 'signalled', signal: 'SIGKILL', stdout: captured(''), stderr: captured(''), durationMs: 1 },
      { kind: 'unknown', reason: 'cut', durationMs: 1 },
    ] as const) {
      dial.interferes = async () => ok(outcome);
      kinds.push((await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr().kind);
    }
    expect(kinds).toEqual(['failed', 'failed', 'outcome_unknown']);
  });

  it('keeps the decision and why nothing followed when the target cannot be reached', async () => {
    const { agent, dial, ledger } = createWorld();
    dial.interferes = async () => err({ kind: 'unreachable', message: 'no route' });
    const read = (await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr();
    expect(read).toMatchObject({ kind: 'not_sent', evidence: ['0', '1'] });
    expect(ledger.records[1]?.body).toMatchObject({ outcome: { kind: 'not_sent', error: { kind: 'unreachable' } } });
  });

  it('has no output when its outcome cannot be kept', async () => {
    const { agent, ledger } = createWorld();
    ledger.failAppends((records) => records.some(({ type }) => type === 'execution.finished'));
    expect((await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr().kind).toBe('unrecorded');
  });

  it('masks secrets before anything is kept or parsed', async () => {
    const { agent, dial, ledger } = createWorld();
    dial.interferes = async () => ok(exited('1\npassword=hunter2hunter2\n'));
    (await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr();
    expect(JSON.stringify(ledger.records)).not.toContain('hunter2');
  });
});

describe('what is kept', () => {
  it('is a blob where the output is long, and the text itself where it is short', async () => {
    const { agent, dial, ledger } = createWorld();
    const appended: NewRecord[] = [];
    const { append } = ledger;
    ledger.append = (records, unless) => {
      appended.push(...records);
      return append(records, unless);
    };
    dial.interferes = async () => ok(exited('x'.repeat(5_000), 0, 'short'));
    (await agent.perform(dialRead, 'web1', {}))._unsafeUnwrapErr();
    const finished = appended.find(({ type }) => type === 'execution.finished');
    expect(finished?.blobs?.stdout).toEqual(Buffer.from('x'.repeat(5_000)));
    expect(finished?.body).toMatchObject({
      outcome: { stdout: { blob: 'stdout', bytes: 5_000 }, stderr: { text: 'short' } },
    });
  });

  it('is the decision too when the state could not be observed', async () => {
    const { agent, dial, ledger } = createWorld();
    dial.interferes = async () => ok(exited('', 9, 'broken'));
    const refusal = (await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'failed', operation: 'dial.read' });
    expect(ledger.records.filter((r) => r.operation === 'dial.set').map(({ type }) => type)).toEqual(['decision.made']);
  });
});

describe('a change', () => {
  it('is intended on record before it is performed, then verified', async () => {
    const { agent, dial, ledger } = createWorld((request) =>
      request.action.class === 'write' ? 'auto_safe' : undefined,
    );
    let intendedBefore = false;
    dial.interferes = async (action) => {
      const sets = action.kind === 'command' && action.argv[1] === 'set';
      if (sets) intendedBefore = ledger.records.some(({ type }) => type === 'execution.intended');
      return undefined;
    };
    (await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrap();
    expect(intendedBefore).toBe(true);
    expect(dial).toMatchObject({ value: 7, sets: 1 });
    expect(ledger.records.at(-1)?.body).toMatchObject({ verification: { holds: true } });
  });

  it('is not performed when its intent cannot be kept', async () => {
    const { agent, dial, ledger } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    ledger.failAppends((records) => records.some(({ type }) => type === 'execution.intended'));
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('evidence_unavailable');
    expect(dial.sets).toBe(0);
  });

  it('says that it ran and is unrecorded when only its outcome cannot be kept', async () => {
    const { agent, dial, ledger } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    ledger.failAppends((records) => records.some((r) => r.type === 'execution.finished' && r.operation === 'dial.set'));
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('unrecorded');
    expect(dial.sets).toBe(1);
  });

  it('is unverified when what it was to bring about is not seen', async () => {
    const { agent, dial } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    dial.interferes = async (action) =>
      action.kind === 'command' && action.argv[1] === 'set' ? ok(exited('')) : undefined;
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('unverified');
  });

  it('is an unknown outcome, on record, when the executor breaks off', async () => {
    const { agent, dial, ledger } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    dial.interferes = async (action) => {
      if (action.kind === 'command' && action.argv[1] === 'set') throw new Error('defect');
      return undefined;
    };
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('outcome_unknown');
    expect(ledger.records.at(-1)).toMatchObject({ type: 'execution.finished', body: { outcome: { kind: 'unknown' } } });
  });

  it('is refused under freeze even by a policy that forgets it', async () => {
    const { agent, dial, ledger } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    (await ledger.append([{ type: 'freeze.set', body: { reason: 'test' } }]))._unsafeUnwrap();
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'refused',
      why: 'frozen',
    });
    expect((await agent.perform(dialRead, 'web1', {})).isOk()).toBe(true);
    expect(dial.sets).toBe(0);
  });

  it('is not begun when a freeze comes between its decision and its intent', async () => {
    const { agent, dial, ledger } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    dial.interferes = async () => {
      (await ledger.append([{ type: 'freeze.set', body: { reason: 'now' } }]))._unsafeUnwrap();
      return undefined;
    };
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'refused',
      why: 'overtaken',
    });
    expect(dial.sets).toBe(0);
  });

  it('is refused when policy demands something the engine does not know', async () => {
    const obligations = [{ id: 'x', type: 'sacrifice', parameters: {} }];
    const { agent, dial } = createWorld(({ action }) =>
      action.class === 'write' ? { effect: 'auto_safe', obligations } : undefined,
    );
    expect((await agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr()).toMatchObject({
      kind: 'refused',
      why: 'obligation',
    });
    expect(dial.sets).toBe(0);
  });

  it('is cancelled before anything is sent when its signal is aborted', async () => {
    const { agent, dial } = createWorld(({ action }) => (action.class === 'write' ? 'auto_safe' : undefined));
    const cancelled = await agent.perform(dialSet, 'web1', { value: 7 }, { signal: AbortSignal.abort() });
    expect(cancelled._unsafeUnwrapErr()).toMatchObject({ kind: 'refused', why: 'cancelled' });
    expect(dial.sets).toBe(0);
  });
});
