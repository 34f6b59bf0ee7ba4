import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { action, call, exitOf, script } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { startProxy } from './_testing/proxy.js';
import { freePort, type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { offeredHostKeys, ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
let [first, second, target]: (Sshd | undefined)[] = [];
beforeAll(async () => {
  // Nobody can run anything on the first: forwarding needs no shell.
  if (whyNoSshd() === undefined)
    [first, second, target] = await Promise.all([
      startSshd({ lines: ['ForceCommand /bin/false', 'LogLevel VERBOSE'] }),
      startSshd({ lines: ['LogLevel VERBOSE'] }),
      startSshd(),
    ]);
});
afterAll(() => Promise.all([first?.stop(), second?.stop(), target?.stop()]));

const hops = () => [(first as Sshd).settings(), (second as Sshd).settings()];
const logins = (server: Sshd | undefined) => server?.log().match(/Accepted publickey/g)?.length ?? 0;

async function openTo(more: Record<string, unknown>, times: Parameters<typeof ssh>[0] = {}) {
  const executor = ssh(times);
  const settings = executor.settings.parse({ ...(target as Sshd).settings(), ...more });
  return { executor, settings, opened: await executor.open(settings, call({ timeoutMs: 10_000 })) };
}

/** A command that was seen to run, and would for long. */
async function started(session: ExecutorSession) {
  const file = join((target as Sshd).folder, `${Math.random()}`);
  const ended = session.perform(script('echo >"$1"; exec sleep 20', file), call());
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 5_000 });
  return { ended };
}

describe('a server behind others', () => {
  itHere('is reached through them in their order, and is who it is without them', async () => {
    const direct = await openTo({});
    const { executor, opened } = await openTo({ jump: hops() });
    const session = opened._unsafeUnwrap();
    expect((await exitOf(session, action(['id', '-u']))).stdout.text.trim()).toBe(String(process.getuid?.()));
    expect(session.identity).toBe(direct.opened._unsafeUnwrap().identity);
    await Promise.all([executor.close?.(), direct.executor.close?.()]);
  });

  itHere('shares the connection to them with others, and each gets its own answers', async () => {
    const before = [logins(first), logins(second), logins(target)];
    const executor = ssh();
    // Another spelling of the same key makes it another destination.
    const { folder, settings } = target as Sshd;
    const all = Array.from({ length: 12 }, (_, number) => ({
      ...settings(),
      identity_file: `${folder}/${'./'.repeat(number)}identity`,
      jump: hops(),
    }));
    const codes = await Promise.all(
      all.map(async (entry, number) => {
        const session = (await executor.open(executor.settings.parse(entry), call()))._unsafeUnwrap();
        return (await exitOf(session, script('exit "$1"', String(number)))).exitCode;
      }),
    );
    expect(codes).toEqual(all.map((_, number) => number));
    const after = [logins(first), logins(second), logins(target)];
    expect(after.map((count, place) => count - (before[place] ?? 0))).toEqual([1, 1, 12]);
    await executor.close?.();
  });

  itHere('is not reached when one of them shows another host key, and that one is told', async () => {
    const wrong = (target as Sshd).hostKey;
    const before = logins(second);
    const [outer, inner] = hops();
    const { executor, opened } = await openTo({ jump: [outer, { ...inner, host_key: wrong }] });
    expect(opened._unsafeUnwrapErr()).toMatchObject({ kind: 'identity_mismatch', hop: '127.0.0.1' });
    expect(logins(second)).toBe(before);
    await executor.close?.();
  });

  itHere('is not reached when nobody vouched for one of them, and nothing is sent to that one', async () => {
    const before = [logins(first), logins(second)];
    const [outer, { host_key: _, ...inner } = { host_key: '' }] = hops();
    const known = join((target as Sshd).folder, 'host_ecdsa.pub');
    const { executor, opened } = await openTo({ jump: [{ ...outer, host_key: undefined, known_hosts: known }, inner] });
    expect(opened._unsafeUnwrapErr()).toMatchObject({ kind: 'invalid_settings', hop: '127.0.0.1' });
    expect([logins(first), logins(second)]).toEqual(before);
    await executor.close?.();
  });

  itHere('has to show its own key all the same', async () => {
    const before = logins(target);
    const { executor, opened } = await openTo({ jump: hops(), host_key: (first as Sshd).hostKey });
    expect(opened._unsafeUnwrapErr().kind).toBe('identity_mismatch');
    expect(logins(target)).toBe(before);
    await executor.close?.();
  });

  itHere('is unreachable where nothing answers there, or one of them forwards nothing', async () => {
    const closed = await openTo({ jump: hops(), port: await freePort() });
    expect(closed.opened._unsafeUnwrapErr()).toMatchObject({ kind: 'unreachable', hop: '127.0.0.1' });
    const strict = await startSshd({ lines: ['AllowTcpForwarding no'] });
    const forbidden = await openTo({ jump: [strict.settings()] });
    expect(forbidden.opened._unsafeUnwrapErr()).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('forwards no connections'),
    });
    await Promise.all([closed.executor.close?.(), forbidden.executor.close?.()]);
    await strict.stop();
  });

  itHere('is lost with the way to it, and reached again on a new one', async () => {
    const proxy = await startProxy((first as Sshd).port);
    const [outer, inner] = hops();
    const { executor, opened } = await openTo({ jump: [{ ...outer, port: proxy.port }, inner] });
    const session = opened._unsafeUnwrap();
    const running = await started(session);
    proxy.cut();
    expect((await running.ended)._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/lost/),
    });
    expect((await exitOf(session, action(['echo', 'again']))).stdout.text).toBe('again\n');
    expect(proxy.connections()).toBe(2);
    await executor.close?.();
    await proxy.stop();
  });

  itHere('that is silent because the way to it froze is lost too', async () => {
    const proxy = await startProxy((first as Sshd).port);
    const { executor, opened } = await openTo(
      { jump: [{ ...(first as Sshd).settings(), port: proxy.port }] },
      { keepAliveMs: 300 },
    );
    const session = opened._unsafeUnwrap();
    const running = await started(session);
    proxy.freezeNow();
    expect((await running.ended)._unsafeUnwrap().kind).toBe('unknown');
    expect((await exitOf(session, action(['echo', 'again']))).stdout.text).toBe('again\n');
    await executor.close?.();
    await proxy.stop();
  });

  itHere('can be asked for its host keys through them, without a login there', async () => {
    const before = logins(target);
    const { host, port, hostKey } = { ...(target as Sshd).settings(), hostKey: (target as Sshd).hostKey };
    const offered = (await offeredHostKeys({ host, port, jump: hops() }, call()))._unsafeUnwrap();
    expect(offered.map((one) => one.hostKey)).toContain(hostKey);
    expect(logins(target)).toBe(before);
    const unknown = hops().map((hop) => ({ ...hop, host_key: hostKey }));
    const refused = await offeredHostKeys({ host, port, jump: unknown }, call());
    expect(refused._unsafeUnwrapErr()).toMatchObject({ kind: 'identity_mismatch', hop: host });
  });

  itHere('does not keep the process alive once its sessions are closed', async () => {
    const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await vi.waitFor(() => expect(handles()).toBe(0));
    const { executor, opened } = await openTo({ jump: hops() });
    const session = opened._unsafeUnwrap();
    expect(handles()).toBe(1);
    await session.close();
    expect(handles()).toBe(0);
    await executor.close?.();
  });
});
