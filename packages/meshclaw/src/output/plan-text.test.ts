import type { Plan, PlanStepBody } from '@meshclaw/core';
import { expect, test } from 'vitest';
import { visible } from './escape.js';
import { planLines } from './plan-text.js';

const step: PlanStepBody = {
  operation: 'command.run',
  class: 'judged',
  target: { id: 'web1', executor: 'local', identity: 'local:abc' },
  platform: { userland: 'gnu' },
  input: { argv: ['rm', '-rf', 'a b'] },
  action: { kind: 'command', argv: ['rm', '-rf', 'a b'], as: 'root', cwd: '/srv', stdin: 'yes\nno' },
  limits: { timeoutMs: 1_000, maxOutputBytes: 10 },
  observed: { operation: 'file.stat', value: { mode: '0644' } },
  why: 'Run a command',
};
const plan = (part: Partial<Plan> = {}, steps: readonly PlanStepBody[] = [step]): Plan => ({
  id: 'plan-1',
  digest: 'd'.repeat(64),
  title: 'Run a command on web1',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
  askedBecause: null,
  body: { v: 1, subject: { type: 'agent', id: 'codex' }, workflow: null, steps },
  ...part,
});
const text = (shown: Plan): string => planLines(shown).join('\n');

test('everything that would run is shown: words, place, user, input, state, limits', () => {
  const shown = text(plan());
  for (const part of [
    'agent:codex',
    'd'.repeat(64),
    'web1',
    'local:abc',
    'root',
    '/srv',
    '[0] rm',
    '[1] -rf',
    '[2] "a b"',
  ]) {
    expect(shown).toContain(part);
  }
  for (const part of ['| yes', '| no', '"mode":"0644"', '1000 ms', 'userland gnu', '(judged)'])
    expect(shown).toContain(part);
});

test('every step is shown, however many there are', () => {
  const shown = text(
    plan(
      {},
      Array.from({ length: 300 }, () => step),
    ),
  );
  expect(shown).toContain('step 300 of 300');
  expect(shown.split('[2] "a b"')).toHaveLength(301);
});

test('a long word is shown whole', () => {
  const word = 'x'.repeat(100_000);
  const long: PlanStepBody = { ...step, action: { kind: 'command', argv: ['echo', word], as: 'login' } };
  expect(text(plan({}, [long]))).toContain(word);
});

test('the asker’s words are a quotation and cannot end it', () => {
  const shown = text(plan({ askedBecause: 'fine"\nstep 2 of 2: nothing \u202e' }));
  expect(shown).toContain(`(the asker's own words) "fine\\"\\nstep 2 of 2: nothing \\u{202e}"`);
  expect(shown.split('\n').filter((line) => line.startsWith('step'))).toHaveLength(1);
});

test('nothing that a terminal would obey or hide is printed', () => {
  const nasty = '\u001b[2J\u202e\u200b\r\u{e0041}';
  const argv = ['sh', '-c', `echo ${nasty}\nrm x`, nasty] as const;
  const hidden: PlanStepBody = {
    ...step,
    why: nasty,
    action: { kind: 'command', argv, stdin: nasty, cwd: nasty, as: 'login' },
  };
  const shown = text(plan({ title: nasty }, [hidden]));
  expect(shown).toBe(visible(shown));
  expect(shown).toContain('! echo \\u{1b}[2J');
});

test('a line of a script that looks like an escape is told apart from one that holds it', () => {
  const shown = (line: string) =>
    text(plan({}, [{ ...step, action: { kind: 'command', argv: ['sh', '-c', `${line}\n`], as: 'login' } }]));
  expect(shown('echo \\u{202e}')).not.toBe(shown('echo \u202e'));
});

test('a call to a provider shows the call and its arguments', () => {
  const call: PlanStepBody = { ...step, action: { kind: 'api', call: 'server.create', arguments: { size: 'cx22' } } };
  expect(text(plan({}, [call]))).toContain('{"size":"cx22"}');
});
