/** Bounds: time, output and memory hold whatever a command does. */

import type { ExecutorSession, Outcome } from '@meshclaw/core';
import { expect } from 'vitest';
import { action, type ContractTest, call, exitOf, outcomeOf, script } from './call.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const IGNORES_TERM = "trap '' TERM; while :; do sleep 0.1; done";

export const boundCases = {
  'keeps head and tail of a long output and counts all of it': async ({ session }) => {
    const { stdout } = await exitOf(
      session,
      script('printf first; head -c 300000 /dev/zero | tr "\\0" x; printf last'),
      { maxOutputBytes: 64 * KIB },
    );
    expect(stdout).toMatchObject({ bytes: 300_009, cut: true });
    expect(stdout.text.slice(0, 6)).toBe('firstx');
    expect(stdout.text.slice(-5)).toBe('xlast');
    expect(stdout.text.length).toBeLessThan(65 * KIB);
  },
  'keeps an output of exactly the cap whole': async ({ session }) => {
    const { stdout } = await exitOf(session, script('head -c 65536 /dev/zero | tr "\\0" x'), {
      maxOutputBytes: 64 * KIB,
    });
    expect(stdout).toMatchObject({ bytes: 65_536, cut: false, text: 'x'.repeat(65_536) });
  },
  'caps each stream on its own': async ({ session }) => {
    const { stdout, stderr } = await exitOf(session, script('head -c 200000 /dev/zero >&2; printf whole'), {
      maxOutputBytes: 32 * KIB,
    });
    expect([stdout.text, stdout.cut, stderr.bytes, stderr.cut]).toEqual(['whole', false, 200_000, true]);
  },
  'stops a command that floods and calls its outcome unknown': async ({ session }) => {
    const outcome = await outcomeOf(session, action(['yes', 'flood']), { maxOutputBytes: 64 * KIB });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^output limit/) });
    expect(outcome).toMatchObject({ stdout: { cut: true } });
  },
  'stays within 64 MiB of memory under 1 GB of output': async ({ session }) => {
    const before = process.memoryUsage().rss;
    let most = before;
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    await outcomeOf(session, script('head -c 1000000000 /dev/zero & head -c 1000000000 /dev/zero >&2; wait'));
    clearInterval(sampler);
    expect((most - before) / MIB).toBeLessThan(64);
  },
  'calls a command that outlives its deadline unknown, never done': async ({ session }) => {
    const startedAtMs = performance.now();
    const outcome = await outcomeOf(session, script('printf started; sleep 30'), { timeoutMs: 700 });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^deadline/) });
    expect(outcome).toMatchObject({ stdout: { text: 'started' } });
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  },
  'ends a command that ignores TERM': async ({ session }) => {
    const outcome = await timed(8_000, () =>
      outcomeOf(session, script(`printf %s $$; ${IGNORES_TERM}`), { timeoutMs: 500 }),
    );
    expect(outcome.kind).toBe('unknown');
    await gone(session, outcome);
  },
  'ends what the command started as well': async ({ session }) => {
    const child = `(trap '' TERM; sleep 60) & printf %s $!; wait`;
    const outcome = await timed(8_000, () => outcomeOf(session, script(child), { timeoutMs: 500 }));
    expect(outcome.kind).toBe('unknown');
    await gone(session, outcome);
  },
  'does not wait for a process left behind that holds the output open': async ({ session }) => {
    const { exitCode, stdout } = await timed(5_000, () => exitOf(session, script('sleep 20 & printf left; exit 4')));
    expect([exitCode, stdout.text]).toEqual([4, 'left']);
  },
  'does nothing when it is cancelled before it starts': async ({ session }) => {
    const answer = await session.perform(action(['true']), call({ signal: AbortSignal.abort() }));
    expect(answer._unsafeUnwrapErr().kind).toBe('cancelled');
  },
  'calls a command that is cancelled while it runs unknown': async ({ session }) => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 400);
    const wanted = script('printf started; sleep 30');
    const outcome = await timed(6_000, () => outcomeOf(session, wanted, { signal: cancel.signal }));
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^cancelled/) });
  },
  'goes on working after a deadline and a cancel': async ({ session }) => {
    await outcomeOf(session, action(['sleep', '20']), { timeoutMs: 200 });
    expect((await exitOf(session, action(['printf', 'fine']))).stdout.text).toBe('fine');
  },
} satisfies Record<string, ContractTest>;

async function timed<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  const value = await work();
  expect(performance.now() - startedAtMs).toBeLessThan(limitMs);
  return value;
}

/** The process whose id was printed no longer runs (a zombie that nobody has reaped yet does not run). */
async function gone(session: ExecutorSession, outcome: Outcome): Promise<void> {
  const pid = 'stdout' in outcome ? (outcome.stdout?.text ?? '') : '';
  expect(pid).toMatch(/^\d+$/);
  const alive = script(
    'sleep 0.2; state=$(ps -o stat= -p "$1" 2>/dev/null) || exit 1; case $state in Z*) exit 1;; esac',
    pid,
  );
  expect((await exitOf(session, alive)).exitCode).toBe(1);
}
