import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { CallOptions, ExecutorError, ExecutorSession, Outcome } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { action, call, exitOf, script } from '../_testing/call.js';
import { itUnless } from './_testing/it-unless.js';
import { processesWith } from './_testing/processes.js';
import { type Line, listen, startBlackHole, startProxy } from './_testing/proxy.js';
import { type Sshd, startSshd, whyNoAccounts, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

const itHere = itUnless(whyNoSshd());
let server: Sshd;
beforeAll(async () => {
  if (whyNoSshd() === undefined) server = await startSshd();
});
afterAll(() => server?.stop());

/** Everything an answer is late by, in milliseconds beyond its deadline. */
async function timed<T>(timeoutMs: number, work: PromiseLike<T>): Promise<T> {
  const startedAtMs = performance.now();
  const value = await work;
  expect(performance.now() - startedAtMs).toBeLessThan(timeoutMs + 2_000);
  return value;
}
const token = () => `86${Math.floor(Math.random() * 1e9)}`;
const PIN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('a server that does not answer as it should', () => {
  const speeches: Record<string, (socket: Socket) => void> = {
    'accepts and never speaks': () => undefined,
    'sends its banner and nothing else': (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    'speaks something else': (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'closes at once': (socket) => socket.end(),
    'resets at once': (socket) => socket.resetAndDestroy(),
    'says ten megabytes before its banner': (socket) => socket.write(Buffer.alloc(10_000_000, 'x\r\n')),
    'drips one byte at a time': (socket) => {
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
    },
    'sends garbage after its banner': (socket) => socket.write(`SSH-2.0-x\r\n${'\0\0\xff\xff'.repeat(1_000)}`),
  };
  for (const [title, speak] of Object.entries(speeches))
    it(`is unreachable in time: it ${title}`, async () => {
      const peer = createServer((socket) => {
        socket.on('error', () => undefined);
        speak(socket);
      });
      const executor = ssh();
      const settings = { host: '127.0.0.1', port: await listen(peer), user: 'x', host_key: PIN, ...identity() };
      const opened = await timed(600, executor.open(executor.settings.parse(settings), call({ timeoutMs: 600 })));
      expect(opened._unsafeUnwrapErr().kind).toBe('unreachable');
      await executor.close?.();
      peer.close();
    });
});

describe('an address where nothing answers at all', () => {
  itUnless(process.platform === 'linux' ? undefined : 'the queue of a port is filled as Linux does it')(
    'is unreachable at the deadline',
    async () => {
      const hole = await startBlackHole();
      const executor = ssh();
      const settings = { host: '127.0.0.1', port: hole.port, user: 'x', host_key: PIN, ...identity() };
      const opened = await timed(600, executor.open(executor.settings.parse(settings), call({ timeoutMs: 600 })));
      expect(opened._unsafeUnwrapErr()).toMatchObject({
        kind: 'unreachable',
        message: expect.stringContaining('nothing answers'),
      });
      hole.stop();
    },
  );
});

const identity = () => (server === undefined ? {} : { identity_file: server.identityFile });

/** A session through a proxy. */
async function through(settings: Partial<CallOptions> = {}) {
  const proxy = await startProxy(server.port);
  const executor = ssh();
  const open = (bounds: Partial<CallOptions> = {}) =>
    executor.open(
      executor.settings.parse({ ...server.settings(), port: proxy.port }),
      call({ ...settings, ...bounds }),
    );
  const stop = async () => {
    await executor.close?.();
    await proxy.stop();
  };
  return { proxy, open, stop };
}

describe('a connection that freezes while it is made', () => {
  for (const bytes of [0, 40, 1_200, 1_700, 2_300, 2_500, 2_700])
    itHere(`after ${bytes} bytes is an error in time, and nothing was run`, async () => {
      const { proxy, open, stop } = await through();
      proxy.freezeAfter(bytes);
      const opened = await timed(700, open({ timeoutMs: 700 }));
      expect(['unreachable', 'timed_out']).toContain(opened._unsafeUnwrapErr().kind);
      await stop();
    });
});

describe('a command whose connection', () => {
  /** Notes that it ran, says so, and would sleep for long. */
  const noting = (file: string, mark: string) => script('echo ran >>"$1"; printf started; exec sleep "$2"', file, mark);
  const ranIn = (file: string) => readFileSync(file, 'utf8');

  async function during(what: (proxy: Line) => void, timeoutMs: number) {
    const { proxy, open, stop } = await through();
    const session = (await open())._unsafeUnwrap();
    const [file, mark] = [join(server.folder, token()), token()];
    const running = timed(timeoutMs, session.perform(noting(file, mark), call({ timeoutMs })));
    await vi.waitFor(() => expect(ranIn(file)).toBe('ran\n'), { timeout: 5_000 });
    what(proxy);
    const answer: Result<Outcome, ExecutorError> = await running;
    return { outcome: answer._unsafeUnwrap(), file, mark, session, proxy, stop };
  }

  itHere('is cut is unknown at once, ends by itself on the server, and is not run again', async () => {
    const startedAtMs = performance.now();
    const { outcome, file, mark, session, stop } = await during((proxy) => proxy.cut(), 3_000);
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^connection lost/) });
    expect((await exitOf(session, action(['echo', 'again']))).stdout.text).toBe('again\n');
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 12_000, interval: 200 });
    expect(ranIn(file)).toBe('ran\n');
    await stop();
  });

  itHere('freezes is unknown in time, and ends by itself on the server', async () => {
    const { outcome, file, mark, proxy, stop } = await during((line) => line.freeze(), 1_500);
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('may still be running') });
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 12_000, interval: 200 });
    expect(ranIn(file)).toBe('ran\n');
    expect(proxy.connections()).toBe(1);
    await stop();
  });

  itHere('was dropped while it was idle is run once, on a new connection', async () => {
    const { proxy, open, stop } = await through();
    const session = (await open())._unsafeUnwrap();
    proxy.cut();
    const file = join(server.folder, token());
    await exitOf(session, script('echo ran >>"$1"', file));
    expect([ranIn(file), proxy.connections()]).toEqual(['ran\n', 2]);
    await stop();
  });

  itHere('froze while it was idle is not run behind the back of its caller', async () => {
    const { proxy, open, stop } = await through();
    const session = (await open())._unsafeUnwrap();
    proxy.freeze();
    const file = join(server.folder, token());
    const answer = await timed(800, session.perform(script('echo ran >>"$1"', file), call({ timeoutMs: 800 })));
    expect(answer.isErr() || answer.value.kind === 'unknown').toBe(true);
    await stop();
  });
});

describe('several commands on one connection', () => {
  itHere('are all performed where the server opens two sessions at a time', async () => {
    const small = await startSshd({ lines: ['MaxSessions 2'] });
    const executor = ssh();
    const session = (await executor.open(executor.settings.parse(small.settings()), call()))._unsafeUnwrap();
    const file = join(small.folder, 'ran');
    const all = Array.from({ length: 9 }, (_, index) =>
      exitOf(session, script('echo "$1" >>"$2"; sleep 0.1; exit "$1"', String(index), file)),
    );
    expect((await Promise.all(all)).map(({ exitCode }) => exitCode)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readFileSync(file, 'utf8').split('\n').sort().join('')).toBe('012345678');
    await executor.close?.();
    await small.stop();
  });

  itHere('wait for a place no longer than their deadline, and are then certainly not run', async () => {
    const { open, stop } = await through();
    const session = (await open())._unsafeUnwrap();
    const long = Array.from({ length: 5 }, () => session.perform(action(['sleep', '2']), call()));
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 200);
    const file = join(server.folder, token());
    const late = await Promise.all([
      session.perform(script('echo ran >"$1"', file), call({ timeoutMs: 300 })),
      session.perform(script('echo ran >"$1"', file), call({ signal: cancel.signal })),
    ]);
    expect(late.map((answer) => answer._unsafeUnwrapErr().kind)).toEqual(['timed_out', 'cancelled']);
    await Promise.all(long);
    expect(() => readFileSync(file)).toThrow();
    await stop();
  });
});

describe('a server that is missing something', () => {
  itUnless(whyNoAccounts())('without timeout(1) still has its commands ended at the deadline', async () => {
    const bare = await startSshd({ without: ['/usr/bin/timeout'] });
    const executor = ssh();
    const session = (await executor.open(executor.settings.parse(bare.settings()), call()))._unsafeUnwrap();
    const mark = token();
    const wanted = script('trap \'\' TERM; (trap \'\' TERM; exec sleep "$1") & sleep "$1"; sleep "$1"', mark);
    const outcome = await timed(700, session.perform(wanted, call({ timeoutMs: 700 })));
    expect(outcome._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      reason: expect.not.stringContaining('may still'),
    });
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 1_000 });
    expect(
      (await session.performAll?.([action(['echo', 'a']), action(['echo', 'b'])], call()))?._unsafeUnwrap(),
    ).toMatchObject([{ stdout: { text: 'a\n' } }, { stdout: { text: 'b\n' } }]);
    await executor.close?.();
    await bare.stop();
  });

  itHere(
    'that is another one after the connection was lost is refused by the session, although it is known',
    async () => {
      const [first, second] = await Promise.all([startSshd(), startSshd()]);
      const proxy = await startProxy(first.port);
      const known = join(server.folder, token());
      writeFileSync(known, `[127.0.0.1]:${proxy.port} ${first.hostKey}\n[127.0.0.1]:${proxy.port} ${second.hostKey}\n`);
      const executor = ssh();
      const { user } = first.settings();
      // Both accept the same key, so that only their host keys tell them apart.
      writeFileSync(join(second.folder, 'authorized_keys'), readFileSync(join(first.folder, 'authorized_keys')));
      const settings = {
        host: '127.0.0.1',
        user,
        identity_file: first.identityFile,
        known_hosts: known,
        port: proxy.port,
      };
      const session: ExecutorSession = (await executor.open(executor.settings.parse(settings), call()))._unsafeUnwrap();
      proxy.leadTo(second.port);
      proxy.cut();
      expect((await session.perform(action(['true']), call()))._unsafeUnwrapErr().kind).toBe('identity_mismatch');
      await executor.close?.();
      await Promise.all([proxy.stop(), first.stop(), second.stop()]);
    },
  );
});
