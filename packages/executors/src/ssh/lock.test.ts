import type { ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { action, call, exitOf } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { startProxy } from './_testing/proxy.js';
import { type Sshd, startSshd, whyNoAccounts, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
const itAsRoot = itUnless(whyNoAccounts());
let server: Sshd;
beforeAll(async () => {
  if (whyNoSshd() === undefined) server = await startSshd({ accounts: [{ name: 'deploy', shell: '/bin/sh' }] });
});
afterAll(() => server?.stop());

const HOLD_MS = 60_000;
/** One controller, with a connection of its own. */
async function controller(settings: Record<string, unknown> = server.settings()) {
  const executor = ssh();
  const session = (await executor.open(executor.settings.parse(settings), call()))._unsafeUnwrap();
  const lock = (owner: string, timeoutMs: number, holdMs = HOLD_MS) =>
    (session as Required<ExecutorSession>).lock(owner, holdMs, call({ timeoutMs }));
  return { session, lock, close: () => executor.close?.() };
}

describe('the lock of a server', () => {
  itHere('has one owner, whom the others are told, and is the next one’s when it is released', async () => {
    const [one, two] = [await controller(), await controller()];
    const held = (await one.lock('agent:codex', 10_000))._unsafeUnwrap();
    expect((await exitOf(one.session, action(['echo', 'works']))).stdout.text).toBe('works\n');
    const refused = (await two.lock('human:dana', 4_000))._unsafeUnwrapErr();
    expect(refused).toMatchObject({ kind: 'not_started', owner: expect.stringMatching(/^agent:codex@/) });
    const waiting = two.lock('human:dana', 20_000);
    await held.release();
    await held.release();
    await (await waiting)._unsafeUnwrap().release();
    await (await one.lock('agent:codex', 10_000))._unsafeUnwrap().release();
    await Promise.all([one.close(), two.close()]);
  });

  itHere('is given up by a controller that is cut off, and by one that is closed', async () => {
    const proxy = await startProxy(server.port);
    const [one, two] = [await controller({ ...server.settings(), port: proxy.port }), await controller()];
    const lost = (await one.lock('agent:gone', 10_000))._unsafeUnwrap();
    proxy.cut();
    const held = (await two.lock('agent:next', 20_000))._unsafeUnwrap();
    await lost.release();
    await two.close();
    const three = await controller();
    await (await three.lock('agent:last', 20_000))._unsafeUnwrap().release();
    await held.release();
    await Promise.all([one.close(), three.close()]);
    await proxy.stop();
  });

  itHere('ends when its time is over, although its owner still stands there', async () => {
    const [one, two] = [await controller(), await controller()];
    const held = (await one.lock('agent:slow', 10_000, 1_000))._unsafeUnwrap();
    await (await two.lock('agent:next', 20_000))._unsafeUnwrap().release();
    await held.release();
    await Promise.all([one.close(), two.close()]);
  });

  itHere('is not waited for longer than its caller wants', async () => {
    const [one, two] = [await controller(), await controller()];
    const held = (await one.lock('agent:codex', 10_000))._unsafeUnwrap();
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 100);
    const lock = (two.session as Required<ExecutorSession>).lock;
    const answer = await lock('agent:other', HOLD_MS, call({ signal: cancel.signal }));
    expect(['not_started', 'cancelled']).toContain(answer._unsafeUnwrapErr().kind);
    await held.release();
    await Promise.all([one.close(), two.close()]);
  });

  itAsRoot('is one for all accounts', async () => {
    const [one, two] = [await controller(server.settings('deploy')), await controller()];
    const held = (await one.lock('agent:deploy', 10_000))._unsafeUnwrap();
    expect((await two.lock('agent:root', 4_000))._unsafeUnwrapErr()).toMatchObject({
      owner: expect.stringMatching(/^agent:deploy@/),
    });
    await held.release();
    await (await two.lock('agent:root', 10_000))._unsafeUnwrap().release();
    await (await one.lock('agent:deploy', 10_000))._unsafeUnwrap().release();
    await Promise.all([one.close(), two.close()]);
  });

  itAsRoot('is not pretended where a server has no flock', async () => {
    const bare = await startSshd({ without: ['/usr/bin/flock'] });
    const one = await controller(bare.settings());
    expect((await one.lock('agent:codex', 5_000))._unsafeUnwrapErr().kind).toBe('unsupported');
    await one.close();
    await bare.stop();
  });
});
