import type { ExecutorError, Outcome } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { action, call } from '../_testing/call.js';
import { type Asked, type Oddity, startOddServer } from './_testing/odd-server.js';
import { ssh } from './index.js';

/** Performs one command on a server that is odd, and holds the answer to its deadline. */
async function performed(oddity: Oddity, argv: [string, ...string[]] = ['echo', 'done'], timeoutMs = 800) {
  const server = await startOddServer(oddity);
  const executor = ssh();
  const startedAtMs = performance.now();
  const opened = await executor.open(executor.settings.parse(server.settings), call({ timeoutMs }));
  const answer: Result<Outcome, ExecutorError> = opened.isErr()
    ? (opened as never)
    : await opened.value.perform(action(argv), call({ timeoutMs }));
  const tookMs = performance.now() - startedAtMs;
  expect(tookMs).toBeLessThan(timeoutMs + (opened.isErr() ? 2_000 : timeoutMs + 2_000));
  await executor.close?.();
  await server.stop();
  return answer;
}
/** The script's own first words, as it would print them, and then whatever follows. */
const started = ({ line, accept }: Asked, pid = 999_999) => {
  const mark = /'([0-9a-f]{32})'/.exec(line)?.[1];
  const channel = accept();
  channel.write(`\n@@${mark} start ${pid}\n`);
  channel.stderr.write(`\n@@${mark} start\n`);
  return channel;
};

describe('a server that breaks the rules of a login', () => {
  it('by never answering it is an error at the deadline', async () => {
    const answer = await performed({ login: () => undefined });
    expect(answer._unsafeUnwrapErr().kind).toBe('timed_out');
  });
  it('by hanging up is unreachable', async () => {
    const answer = await performed({ login: (_context, client) => client.end() });
    expect(['unreachable', 'authentication_failed']).toContain(answer._unsafeUnwrapErr().kind);
  });
  it('by wanting a password gets none', async () => {
    const methods: string[] = [];
    const answer = await performed({
      login(context) {
        methods.push(context.method);
        context.reject(['password', 'keyboard-interactive']);
      },
    });
    expect(answer._unsafeUnwrapErr().kind).toBe('authentication_failed');
    expect(new Set(methods)).toEqual(new Set(['publickey']));
  });
  it('by opening no session is an error, and nothing was run', async () => {
    const answer = await performed({
      session(_index, reject) {
        reject();
        return true;
      },
    });
    expect(answer._unsafeUnwrapErr().kind).toBe('not_started');
  });
});

describe('a command on a server that', () => {
  it('behaves is performed', async () => {
    expect((await performed({}))._unsafeUnwrap()).toMatchObject({
      kind: 'exited',
      exitCode: 0,
      stdout: { text: 'done\n' },
    });
  });
  it('refuses the line was certainly not run', async () => {
    expect((await performed({ line: ({ refuse }) => refuse() }))._unsafeUnwrapErr().kind).toBe('not_started');
  });
  it('never answers the line is unknown', async () => {
    expect((await performed({ line: () => undefined }))._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^deadline.*may still be running$/),
    });
  });
  it('hangs up when the line arrives is unknown', async () => {
    expect((await performed({ line: ({ client }) => client.end() }))._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^connection lost/),
    });
  });
  it('hangs up after some output is unknown, and the output is kept', async () => {
    const line = (asked: Asked) => {
      started(asked).write('half');
      setTimeout(() => asked.client.end(), 50);
    };
    expect((await performed({ line }))._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      stdout: { text: 'half', cut: true },
    });
  });
  it('closes the channel without an exit status is unknown', async () => {
    const line = (asked: Asked) => {
      const channel = started(asked);
      channel.write('all');
      channel.end();
    };
    expect((await performed({ line }))._unsafeUnwrap()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('without saying how'),
    });
  });
  it('tells the exit first and the output later gets it all', async () => {
    const line = (asked: Asked) => {
      const channel = started(asked);
      channel.exit(5);
      for (const [index, afterMs] of [100, 400, 700, 1_000].entries())
        setTimeout(() => channel.write(String(index)), afterMs);
      setTimeout(() => channel.end(), 1_100);
    };
    expect((await performed({ line }, ['true'], 3_000))._unsafeUnwrap()).toMatchObject({
      kind: 'exited',
      exitCode: 5,
      stdout: { text: '0123', cut: false },
    });
  });
  it('tells the exit and never ends the output is done after a silence', async () => {
    const line = (asked: Asked) => void started(asked).exit(0);
    expect((await performed({ line }))._unsafeUnwrap()).toMatchObject({ kind: 'exited', stdout: { cut: true } });
  });
  it('says that it ended well before it was seen to start is not believed', async () => {
    const line = ({ accept }: Asked) => {
      const channel = accept();
      channel.exit(0);
      channel.end();
    };
    expect((await performed({ line }))._unsafeUnwrap().kind).toBe('unknown');
  });
  it('sends its output in single bytes is read whole', async () => {
    const line = (asked: Asked) => {
      const { line: text, accept } = asked;
      const channel = accept();
      const mark = /'([0-9a-f]{32})'/.exec(text)?.[1];
      for (const byte of Buffer.from(`noise\n@@${mark} start 7\nfür 🦀\n`)) channel.write(Buffer.from([byte]));
      channel.exit(0);
      channel.end();
    };
    expect((await performed({ line }))._unsafeUnwrap()).toMatchObject({ kind: 'exited', stdout: { text: 'für 🦀\n' } });
  });
});
