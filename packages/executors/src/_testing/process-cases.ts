/** Ends of a process: exits, signals, programs that are not there, several at once. */

import { expect } from 'vitest';
import { action, type ContractTest, call, exitOf, outcomeOf, script } from './call.js';

const SECRET = 'correct-horse-battery-staple';

export const processCases = {
  'reports a non-zero exit as an outcome': async ({ session }) => {
    expect((await exitOf(session, script('exit 3'))).exitCode).toBe(3);
  },
  "keeps 255 as the command's own exit code": async ({ session }) => {
    expect((await exitOf(session, script('exit 255'))).exitCode).toBe(255);
  },
  'reports the signal that killed the command': async ({ session }) => {
    expect(await outcomeOf(session, script('kill -KILL $$'))).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
  },
  'reports what was printed before a signal': async ({ session }) => {
    expect(await outcomeOf(session, script('printf before; kill -SEGV $$'))).toMatchObject({
      kind: 'signalled',
      signal: 'SIGSEGV',
      stdout: { text: 'before' },
    });
  },
  'never takes a program that is not there for a success': async ({ session }) => {
    const answer = await session.perform(action(['meshclaw-no-such-program', SECRET]), call());
    const certain = answer.match(
      (outcome) => (outcome.kind === 'exited' ? `exited ${outcome.exitCode}` : outcome.kind),
      (error) => error.kind,
    );
    expect(['not_started', 'exited 127']).toContain(certain);
  },
  'tells no word of the command in an error': async ({ session }) => {
    const wanted = [action(['meshclaw-no-such-program', SECRET]), action(['printf', `${SECRET}\0`])];
    for (const one of wanted) {
      const answer = await session.perform(one, call());
      if (answer.isErr()) expect(everything(answer.error)).not.toContain(SECRET);
    }
  },
  'runs several commands at once without mixing them': async ({ session }) => {
    const numbers = Array.from({ length: 24 }, (_, index) => String(index));
    const run = (number: string) =>
      exitOf(session, script('printf "%s" "$1"; sleep 0.05; printf "%s" "$1" >&2; exit "$1"', number));
    const exits = await Promise.all(numbers.map(run));
    expect(exits.map(({ exitCode, stdout, stderr }) => [exitCode, stdout.text, stderr.text])).toEqual(
      numbers.map((number) => [Number(number), number, number]),
    );
  },
  'says the same identity each time': async ({ session, reopen }) => {
    const other = await reopen();
    expect(other.identity).toBe(session.identity);
    expect(session.identity.length).toBeGreaterThan(3);
    await other.close();
  },
  'makes no api calls': async ({ session }) => {
    const answer = await session.perform({ kind: 'api', call: 'server.list', arguments: {} }, call());
    expect(answer._unsafeUnwrapErr().kind).toBe('unsupported');
  },
} satisfies Record<string, ContractTest>;

/** Everything an error says, hidden fields, causes and stacks included. */
function everything(error: object): string {
  const seen = new Set<unknown>();
  const tell = (value: unknown): string => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return String(value);
    seen.add(value);
    return Object.getOwnPropertyNames(value)
      .map((name) => tell(Reflect.get(value, name)))
      .join('\n');
  };
  return tell(error);
}
