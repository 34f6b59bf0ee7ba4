import { err, errAsync, ok, okAsync } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { createDial, dialRead, dialSet, inventoryOf } from '../_testing/dial.js';
import { createMemoryLedger } from '../_testing/memory-ledger.js';
import { exited } from '../_testing/scripted-executor.js';
import { createScriptedPolicy } from '../_testing/scripted-policy.js';
import { createTestClock } from '../_testing/world.js';
import { systemClock } from '../clock.js';
import type { Executor, ExecutorError, ExecutorLock } from '../executor.js';
import { createMeshClaw } from './create-meshclaw.js';

/** Controllers of one dial that may change it without asking, each with `lock`, and all with one ledger where it is given. */
function controllers(lock?: (owner: string) => ExecutorLock | ExecutorError, ledger = createMemoryLedger()) {
  const { dial, executor } = createDial();
  const log: string[] = [];
  const open: Executor['open'] = (settings, call) =>
    executor.open(settings, call).map((session) =>
      lock === undefined
        ? session
        : {
            ...session,
            lock: (owner) => {
              const taken = lock(owner);
              if (!('release' in taken)) return errAsync(taken);
              log.push(`lock ${owner}`);
              const release = async () => {
                log.push('release');
                await taken.release();
              };
              return okAsync({ release });
            },
          },
    );
  dial.interferes = async (action) => {
    log.push(action.kind === 'command' ? (action.argv[1] ?? '') : '');
    return undefined;
  };
  const controller = (clock = systemClock) =>
    createMeshClaw({
      policy: createScriptedPolicy(() => 'auto_safe'),
      ledger,
      clock,
      inventory: inventoryOf(['web1', 'web2']),
      executors: [{ ...executor, open }],
      operations: { 'dial.read': async () => dialRead, 'dial.set': async () => dialSet },
    })
      ._unsafeUnwrap()
      .as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
  return { controller, dial, log, ledger };
}
const set = (value: number) => [dialSet, 'web1', { value }] as const;
const free: ExecutorLock = { release: async () => undefined };

describe('the turn of a change', () => {
  it('holds the lock of the target from the look before it to the look after it', async () => {
    const { controller, log } = controllers(() => free);
    (await controller().perform(...set(5)))._unsafeUnwrap();
    expect(log).toEqual(['lock agent:codex', 'read', 'set', 'read', 'release']);
  });

  it('is not needed to read', async () => {
    const { controller, log } = controllers(() => free);
    (await controller().perform(dialRead, 'web1', {}))._unsafeUnwrap();
    expect(log).toEqual(['read']);
  });

  it('gives the lock back when the change is refused, fails or breaks off', async () => {
    const { controller, dial, log } = controllers(() => free);
    for (const outcome of [exited('', 1), { kind: 'unknown', reason: 'cut', durationMs: 1 } as const]) {
      dial.interferes = async (action) =>
        action.kind === 'command' && action.argv[1] === 'set' ? ok(outcome) : undefined;
      (await controller().perform(...set(5)))._unsafeUnwrapErr();
    }
    dial.interferes = async () => err({ kind: 'unreachable', message: 'no route' });
    (await controller().perform(...set(5)))._unsafeUnwrapErr();
    expect(log).toEqual(Array.from({ length: 3 }, () => ['lock agent:codex', 'release']).flat());
  });

  it('does not come while somebody else has the lock, and then nothing was sent', async () => {
    const busy: ExecutorError = { kind: 'not_started', message: 'somebody else changes this server' };
    const { controller, dial, log, ledger } = controllers(() => busy);
    const refusal = (await controller().perform(...set(5)))._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'not_sent', error: busy });
    expect([dial.sets, log]).toEqual([0, []]);
    expect(ledger.records.map(({ type }) => type)).toEqual(['decision.made', 'execution.finished']);
  });

  it('comes to one change after the other in one process, in their order', async () => {
    const { controller, log, dial } = controllers();
    const mesh = controller();
    const values = [3, 4, 5, 6];
    const done = await Promise.all(values.map((value) => mesh.perform(...set(value))));
    expect(done.map((one) => one.isOk())).toEqual(values.map(() => true));
    expect(log).toEqual(values.flatMap(() => ['read', 'set', 'read']));
    expect(dial.value).toBe(6);
  });

  it('is waited for no longer than the change may take', async () => {
    const { controller, dial } = controllers();
    const clock = createTestClock();
    let isAsked = false;
    let goOn: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    dial.interferes = async () => {
      if (isAsked) return undefined;
      isAsked = true;
      await slow;
      return undefined;
    };
    const mesh = controller(clock);
    const first = mesh.perform(...set(1));
    const second = (await mesh.perform(...set(2)))._unsafeUnwrapErr();
    expect(second).toMatchObject({ kind: 'not_sent', error: { kind: 'timed_out' } });
    goOn();
    expect((await first).isOk()).toBe(true);
    expect((await mesh.perform(...set(3))).isOk()).toBe(true);
  });
});

describe('where the target has no lock', () => {
  const none: ExecutorError = { kind: 'unsupported', message: 'no flock' };

  it('one of two controllers that share a ledger begins, and the other is refused', async () => {
    const { controller, dial } = controllers(() => none);
    const done = await Promise.all([controller().perform(...set(5)), controller().perform(...set(6))]);
    const refusals = done.flatMap((one) => (one.isErr() ? [one.error] : []));
    expect(refusals).toMatchObject([{ kind: 'refused', why: 'overtaken' }]);
    expect(dial.sets).toBe(1);
    expect((await controller().perform(...set(7))).isOk()).toBe(true);
  });

  it('no change begins while another one runs whose end is not on record, until its time is over', async () => {
    const clock = createTestClock();
    const ledger = createMemoryLedger({ clock });
    const intended = { type: 'execution.intended', target: 'web1', execution: 'exec-1' } as const;
    (await ledger.append([{ ...intended, body: { timeout_ms: 60_000 } }]))._unsafeUnwrap();
    const { controller, dial } = controllers(undefined, ledger);
    const early = (await controller(clock).perform(...set(5)))._unsafeUnwrapErr();
    expect(early).toMatchObject({ kind: 'refused', why: 'overtaken' });
    expect((await controller(clock).perform(dialSet, 'web2', { value: 2 })).isOk()).toBe(true);
    clock.advance(60_000);
    expect((await controller(clock).perform(...set(6))).isOk()).toBe(true);
    expect(dial.sets).toBe(2);
  });
});
