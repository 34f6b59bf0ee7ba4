/** Commands that outlive the session that started them. An executor may leave them out. */

import { randomBytes } from 'node:crypto';
import type { CallOptions, CommandAction, DetachedRun, Detaching, ExecutorSession, Followed } from '@meshclaw/core';
import { expect } from 'vitest';
import { action, type ContractTest, call, exitOf, script } from './call.js';

const WAIT_MS = 20_000;
const newId = (): string => `exec-${randomBytes(6).toString('hex')}`;
const of = ({ detached }: ExecutorSession): Detaching => {
  if (detached === undefined) throw new Error('the executor runs nothing detached');
  return detached;
};

/** One execution: started, followed, and always ended and forgotten. */
async function withRun(
  session: ExecutorSession,
  use: (one: {
    start(wanted: CommandAction, waitMs: number, bounds?: Partial<CallOptions>): Promise<string | Followed>;
    follow(by: ExecutorSession, how?: { readonly waitMs?: number; readonly stop?: boolean }): Promise<Followed>;
    readonly run: DetachedRun;
  }) => Promise<void>,
): Promise<void> {
  const run: DetachedRun = { executionId: newId(), as: 'login', startedMsAgo: 0 };
  try {
    await use({
      run,
      start: async (wanted, waitMs, bounds) =>
        (await of(session).start(wanted, waitMs, call({ ...bounds, executionId: run.executionId }))).match(
          (answer) => (answer.kind === 'cut' ? 'cut' : answer),
          (error) => error.kind,
        ),
      follow: async (by, { waitMs = WAIT_MS, stop = false } = {}) =>
        (await of(by).follow(run, { waitMs, stop }, call()))._unsafeUnwrap(),
    });
  } finally {
    (await of(session).follow(run, { waitMs: WAIT_MS, stop: true }, call()))._unsafeUnwrap();
    (await of(session).forget(run, call()))._unsafeUnwrap();
  }
}

const COUNT = 'printf x >>"$1"; cat "$1"';
const scratch = async (session: ExecutorSession): Promise<string> =>
  (await exitOf(session, action(['mktemp']))).stdout.text.trim();

export const detachedCases = {
  'answers the end of a quick detached command with all it printed': async ({ session }) => {
    await withRun(session, async ({ start, follow }) => {
      const wanted = script('cat; printf err >&2; printf "[%s]" "$@"; exit 3', "it's", 'a\nb\n', '', '$HOME \\0101');
      const ended = await start({ ...wanted, stdin: 'input\n' }, WAIT_MS);
      const what = {
        kind: 'exited',
        exitCode: 3,
        stdout: { text: "input\n[it's][a\nb\n][][$HOME \\0101]", cut: false },
        stderr: { text: 'err', bytes: 3 },
      };
      expect(ended).toMatchObject(what);
      expect(await follow(session)).toMatchObject(what);
    });
  },
  'goes on with a detached command whose session is closed, and tells another its end': async ({ session, reopen }) => {
    await withRun(session, async ({ start, follow }) => {
      const file = await scratch(session);
      const wanted = script('while [ -e "$1" ]; do sleep 0.05; done; printf gone; exit 7', file);
      expect(await start(wanted, 0)).toEqual({ kind: 'running' });
      const other = await reopen();
      expect(await follow(other, { waitMs: 0 })).toEqual({ kind: 'running' });
      await exitOf(session, action(['rm', file]));
      expect(await follow(other)).toMatchObject({ kind: 'exited', exitCode: 7, stdout: { text: 'gone' } });
      await other.close();
    });
  },
  'runs a detached command once, however often it is started': async ({ session }) => {
    await withRun(session, async ({ start, follow }) => {
      const file = await scratch(session);
      await start(script(COUNT, file), WAIT_MS);
      await start(script(COUNT, file), WAIT_MS);
      expect(await follow(session)).toMatchObject({ stdout: { text: 'x' } });
      expect((await exitOf(session, action(['cat', file]))).stdout.text).toBe('x');
      await exitOf(session, action(['rm', file]));
    });
  },
  'never begins what it was asked for before it came': async ({ session }) => {
    await withRun(session, async ({ start, follow }) => {
      const file = await scratch(session);
      expect(['absent', 'unknown']).toContain((await follow(session)).kind);
      expect(await start(script(COUNT, file), 0)).not.toMatchObject({ kind: 'exited' });
      expect(await follow(session)).not.toMatchObject({ kind: 'exited' });
      expect((await exitOf(session, action(['cat', file]))).stdout.text).toBe('');
      await exitOf(session, action(['rm', file]));
    });
  },
  'ends a detached command at its deadline, and calls it unknown': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      const wanted = script("trap '' TERM; printf started; while :; do sleep 0.1; done");
      const ended = await start(wanted, WAIT_MS, { timeoutMs: 1_000 });
      expect(ended).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^deadline/) });
      expect(ended).toMatchObject({ stdout: { text: 'started' } });
    });
  },
  'ends a detached command that is to stop, and what it started': async ({ session }) => {
    await withRun(session, async ({ start, follow }) => {
      await start(script('sleep 60 & printf %s $!; wait'), 0);
      const ended = await follow(session, { stop: true });
      expect(ended).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^cancelled/) });
      const pid = ended.kind === 'unknown' ? (ended.stdout?.text ?? '') : '';
      const alive = 'state=$(ps -o stat= -p "$1" 2>/dev/null) || exit 1; case $state in Z*) exit 1;; esac';
      if (pid !== '') expect((await exitOf(session, script(alive, pid))).exitCode).toBe(1);
    });
  },
  'stops a detached command that floods, and calls it unknown': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      const ended = await start(action(['yes']), WAIT_MS, { maxOutputBytes: 4_096 });
      expect(ended).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/^output limit/) });
    });
  },
  'keeps head and tail of what a detached command printed and counts all of it': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      const wanted = script('printf first; head -c 20000 /dev/zero | tr "\\0" x; printf last');
      const ended = await start(wanted, WAIT_MS, { maxOutputBytes: 4_096 });
      expect(ended).toMatchObject({ kind: 'exited', stdout: { bytes: 20_009, cut: true } });
      expect(ended).toMatchObject({ stdout: { text: expect.stringMatching(/^firstx.*xlast$/s) } });
    });
  },
  'does not wait for what a detached command left running': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      const ended = await start(script('sleep 30 & printf left; exit 4'), WAIT_MS);
      expect(ended).toMatchObject({ kind: 'exited', exitCode: 4, stdout: { text: 'left' } });
    });
  },
  'does not start detached where a link in the path of the directory leads': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      expect(await start(action(['pwd'], { cwd: '/proc/self/root/usr' }), WAIT_MS)).toBe('not_started');
    });
    await withRun(session, async ({ start }) => {
      const ended = await start(action(['pwd'], { cwd: '/usr' }), WAIT_MS);
      expect(ended).toMatchObject({ kind: 'exited', exitCode: 0, stdout: { text: '/usr\n' } });
    });
  },
  'tells a detached command that a signal ended from one that failed': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      expect(await start(script('kill -9 $$'), WAIT_MS)).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
    });
    await withRun(session, async ({ start }) => {
      expect(await start(script('exit 255'), WAIT_MS)).toMatchObject({ kind: 'exited', exitCode: 255 });
    });
  },
  'says of a detached program that is not there that it was not started': async ({ session }) => {
    await withRun(session, async ({ start }) => {
      expect(await start(action(['meshclaw-no-such-program']), WAIT_MS)).toBe('not_started');
    });
  },
} satisfies Record<string, ContractTest>;
