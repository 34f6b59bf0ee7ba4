import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { action, call, exitOf, script } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { listen, startProxy } from './_testing/proxy.js';
import { type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
const MANY = 50;
/** What sshd does when nobody configured it. */
const DEFAULTS = ['MaxStartups 10:30:100', 'MaxSessions 10'];
let server: Sshd;
beforeAll(async () => {
  if (whyNoSshd() === undefined) server = await startSshd({ lines: [...DEFAULTS, 'LogLevel VERBOSE'] });
});
afterAll(() => server?.stop());

const numbers = Array.from({ length: MANY }, (_, index) => index);
/** Each exits with its own number, so that no answer can be another's. */
const numbered = (number: number) => script('exit "$1"', String(number));
const dropped = () => server.log().match(/drop connection|throttling/gi) ?? [];

describe('a server with the limits that sshd has by default', () => {
  itHere('answers fifty commands at once on one login', async () => {
    const executor = ssh();
    const settings = executor.settings.parse(server.settings());
    const codes = await Promise.all(
      numbers.map(async (number) => {
        const session = (await executor.open(settings, call()))._unsafeUnwrap();
        const { exitCode } = await exitOf(session, numbered(number));
        await session.close();
        return exitCode;
      }),
    );
    expect(codes).toEqual(numbers);
    await executor.close?.();
  });

  itHere('answers fifty connections that are made at once, and is never brought to drop one', async () => {
    const executors = numbers.map(() => ssh());
    const codes = await Promise.all(
      executors.map(async (executor, number) => {
        const opened = await executor.open(executor.settings.parse(server.settings()), call());
        return (await exitOf(opened._unsafeUnwrap(), numbered(number))).exitCode;
      }),
    );
    expect(codes).toEqual(numbers);
    expect(dropped()).toEqual([]);
    await Promise.all(executors.map((executor) => executor.close?.()));
  });

  itHere('loses nobody while others hold what it has', async () => {
    // Connections that never log in count as well; from the tenth on it drops by chance.
    const others = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
        return socket;
      }),
    );
    const executors = numbers.slice(0, 20).map(() => ssh());
    const opened = await Promise.all(
      executors.map((executor) => executor.open(executor.settings.parse(server.settings()), call())),
    );
    expect(opened.map((session) => session.map(() => 'open').unwrapOr('lost'))).toEqual(executors.map(() => 'open'));
    expect(dropped()).not.toEqual([]);
    for (const socket of others) socket.destroy();
    await Promise.all(executors.map((executor) => executor.close?.()));
  });

  itHere('that closes the first connections is tried again, and each command runs once', async () => {
    const proxy = await startProxy(server.port);
    proxy.turnAway(3);
    const executor = ssh();
    const settings = executor.settings.parse({ ...server.settings(), port: proxy.port });
    const session = (await executor.open(settings, call()))._unsafeUnwrap();
    expect((await exitOf(session, numbered(7))).exitCode).toBe(7);
    expect(proxy.connections()).toBe(4);
    await executor.close?.();
    await proxy.stop();
  });
});

describe('waiting for admission', () => {
  itHere('ends at the deadline, and then nothing was sent', async () => {
    const silent = createServer(() => undefined);
    const port = await listen(silent);
    const settings = { host: '127.0.0.1', port, user: 'x', host_key: PIN, identity_file: server.identityFile };
    const executors = numbers.slice(0, 6).map(() => ssh());
    const opened = await Promise.all(
      executors.map((executor) => executor.open(executor.settings.parse(settings), call({ timeoutMs: 500 }))),
    );
    const kinds = opened.map((one) => one._unsafeUnwrapErr().kind);
    expect(kinds.sort()).toEqual(['timed_out', ...Array.from({ length: 5 }, () => 'unreachable')]);
    await Promise.all(executors.map((executor) => executor.close?.()));
    silent.close();
  });
});
const PIN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('a connection on which nothing more arrives', () => {
  async function through(times: Parameters<typeof ssh>[0]) {
    const proxy = await startProxy(server.port);
    const executor = ssh(times);
    const settings = executor.settings.parse({ ...server.settings(), port: proxy.port });
    const session = (await executor.open(settings, call()))._unsafeUnwrap();
    const stop = async () => {
      await executor.close?.();
      await proxy.stop();
    };
    return { proxy, session, stop };
  }

  itHere('is lost long before the deadline of a command that waits for it', async () => {
    const { proxy, session, stop } = await through({ keepAliveMs: 100 });
    const file = join(server.folder, 'frozen');
    const wanted = script('echo ran >"$1"; exec sleep 20', file);
    const running = session.perform(wanted, call({ timeoutMs: 30_000 }));
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 5_000 });
    proxy.freeze();
    const startedAtMs = performance.now();
    const outcome = (await running)._unsafeUnwrap();
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^connection lost/) });
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    await stop();
  });

  itHere('is not taken for lost because a command says nothing for long', async () => {
    const { proxy, session, stop } = await through({ keepAliveMs: 50 });
    expect((await exitOf(session, action(['sleep', '1']))).exitCode).toBe(0);
    expect(proxy.connections()).toBe(1);
    await stop();
  });

  itHere('is asked for a sign of life before it is used again, and replaced without one', async () => {
    const { proxy, session, stop } = await through({ freshMs: 50 });
    await exitOf(session, action(['sleep', '0.2']));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await exitOf(session, numbered(1))).exitCode).toBe(1);
    expect(proxy.connections()).toBe(1);
    proxy.freezeNow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await exitOf(session, numbered(2))).exitCode).toBe(2);
    expect(proxy.connections()).toBe(2);
    await stop();
  });
});
