/** Several reads in one round trip: each gets what it would have got alone. */

import type { Action, CallOptions, Outcome } from '@meshclaw/core';
import { expect } from 'vitest';
import { action, type ContractSubject, type ContractTest, call, exitOf, script } from './call.js';

export const togetherCases = {
  'performs several reads, each with its own outcome and in order': async (subject) => {
    const outcomes = await allOf(subject, [
      script('printf "%s" "$1"; printf err >&2', "it's $HOME\n"),
      script('exit 9'),
      { ...action(['pwd']), cwd: '/usr' },
      { ...action(['cat']), stdin: 'input' },
      action(['meshclaw-no-such-program']),
      script("printf '\\000\\377'"),
    ]);
    expect(outcomes.slice(0, 4)).toMatchObject([
      { kind: 'exited', exitCode: 0, stdout: { text: "it's $HOME\n", cut: false }, stderr: { text: 'err' } },
      { kind: 'exited', exitCode: 9, stdout: { bytes: 0 } },
      { kind: 'exited', exitCode: 0, stdout: { text: '/usr\n' } },
      { kind: 'exited', exitCode: 0, stdout: { text: 'input' } },
    ]);
    expect(outcomes[4]).not.toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(outcomes[5]).toMatchObject({ stdout: { bytes: 2, text: '\0\ufffd' } });
  },
  'caps the output of each of several reads on its own': async (subject) => {
    const outcomes = await allOf(
      subject,
      [script('head -c 200000 /dev/zero | tr "\\0" x; printf last'), action(['printf', 'whole'])],
      { maxOutputBytes: 65_536 },
    );
    expect(outcomes).toMatchObject([
      { kind: 'exited', stdout: { bytes: 200_004, cut: true, text: expect.stringMatching(/xlast$/) } },
      { kind: 'exited', stdout: { text: 'whole', cut: false } },
    ]);
  },
  'tells the reads that ended when the deadline stops a later one': async (subject) => {
    const startedAtMs = performance.now();
    const reads = [action(['printf', 'first']), script("trap '' TERM; sleep 20"), action(['printf', 'third'])];
    const outcomes = await allOf(subject, reads, { timeoutMs: 1_500 });
    expect(performance.now() - startedAtMs).toBeLessThan(6_000);
    expect(outcomes[0]).toMatchObject({ kind: 'exited', stdout: { text: 'first' } });
    expect(outcomes[1]?.kind).toBe('unknown');
  },
  'is not fooled by a read that prints what a frame looks like': async (subject) => {
    const outcomes = await allOf(subject, [
      script("printf '\\n@@%032d end 0 0\\n\\n@@%032d done\\n' 1 1; exit 3"),
      script('ps -ef 2>/dev/null || ps; exit 4'),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'exited', exitCode: 3 },
      { kind: 'exited', exitCode: 4 },
    ]);
  },
  'does nothing at all for no reads': async (subject) => {
    expect(await allOf(subject, [])).toEqual([]);
    expect((await exitOf(subject.session, action(['printf', 'fine']))).stdout.text).toBe('fine');
  },
} satisfies Record<string, ContractTest>;

async function allOf(
  { session }: ContractSubject,
  actions: readonly Action[],
  bounds: Partial<CallOptions> = {},
): Promise<readonly Outcome[]> {
  const all = session.performAll?.(actions, call(bounds));
  // An executor may leave it out; then the engine performs them one by one, and so does this.
  if (all !== undefined) return (await all)._unsafeUnwrap();
  const single = async (one: Action): Promise<Outcome> =>
    (await session.perform(one, call(bounds))).match(
      (outcome) => outcome,
      ({ message }) => ({ kind: 'unknown', reason: message, durationMs: 0 }),
    );
  return Promise.all(actions.map(single));
}
