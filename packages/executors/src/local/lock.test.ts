import { execFileSync } from 'node:child_process';
import type { ExecutorSession } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';
import { call } from '../_testing/call.js';
import { local } from './index.js';

function whyNoFlock(): string | undefined {
  try {
    execFileSync('flock', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this machine has no flock(1)';
  }
}
const session = async () => (await local().open({}, call()))._unsafeUnwrap() as Required<ExecutorSession>;

describe('the lock of this machine', () => {
  it('has one owner, whom others are told, until it is released or its time is over', async (context) => {
    const why = whyNoFlock();
    if (why !== undefined) return context.skip(why);
    const [one, two] = [await session(), await session()];
    const held = (await one.lock('agent:codex', 60_000, call()))._unsafeUnwrap();
    const refused = (await two.lock('human:dana', 60_000, call({ timeoutMs: 2_000 })))._unsafeUnwrapErr();
    expect(refused).toMatchObject({ kind: 'not_started', owner: expect.stringMatching(/^agent:codex@/) });
    await held.release();
    const short = (await two.lock('human:dana', 300, call()))._unsafeUnwrap();
    await (await one.lock('agent:codex', 60_000, call()))._unsafeUnwrap().release();
    await short.release();
  });
});
