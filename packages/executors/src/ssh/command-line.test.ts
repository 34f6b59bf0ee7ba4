import { spawnSync } from 'node:child_process';
import type { CommandAction } from '@meshclaw/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itUnless } from './_testing/it-unless.js';
import { hasProgram } from './_testing/sshd.js';
import { commandLine, probeLine, rootLine, stopLine } from './command-line.js';

const MARK = 'f'.repeat(32);
const login = (argv: CommandAction['argv'], more: Partial<CommandAction> = {}): CommandAction => ({
  kind: 'command',
  argv,
  as: 'login',
  ...more,
});
const lineOf = (action: CommandAction, bound: 'kill' | 'none' = 'none') =>
  commandLine(action, { bound, root: 'login' }, MARK, 5_000)?.text;

/** What a shell prints for the line, as sshd would hand it over. */
function printed([program = '', ...words]: readonly string[], line: string): Buffer {
  const options = { env: { HOME: '/', PATH: '/usr/bin:/bin' }, input: '' };
  const { stdout } = spawnSync(program, [...words, '-c', line], options);
  return stdout.subarray(stdout.indexOf(10, stdout.indexOf(`@@${MARK} start`)) + 1);
}

describe('the line', () => {
  const word = fc.oneof(
    fc.string({ unit: fc.constantFrom(...`'"!\\$\`\n\t\r{}[]()*?~#%^&|;<>-+= aé🦀\u0001`), maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  );
  const words = fc.array(
    word.filter((text) => !text.includes('\0') && text.isWellFormed()),
    { maxLength: 6 },
  );

  it('holds only printable ASCII, and between quotes nothing on which shells differ', () => {
    fc.assert(
      fc.property(words, (random) => {
        const line = lineOf(login(['printf', ...random], { cwd: random[0] ?? '/' })) ?? '';
        expect(line).toMatch(/^[ -~]+$/);
        expect(line.split("'").length % 2).toBe(1);
        expect(line).not.toMatch(/!|\\[^0n]/);
      }),
    );
  });

  /** Random words come out of a line as they went in. */
  const survive = (shell: readonly string[], change: (line: string) => string = (line) => line) =>
    fc.assert(
      fc.property(words, (random) => {
        const action = login(['sh', '-c', 'for w do printf "%s\\0" "$w"; done', 'sh', ...random]);
        const out = printed(shell, change(lineOf(action) ?? ''));
        expect(out.toString()).toBe(random.map((one) => `${one}\0`).join(''));
      }),
      { numRuns: 40 },
    );
  const absent = (program: string) => (hasProgram(program) ? undefined : `${program} is not installed`);

  for (const shell of ['sh', 'bash', 'dash', 'fish', 'tcsh', 'zsh'])
    itUnless(absent(shell))(`is the wanted words to ${shell}, whatever they are`, async () => survive([shell]));

  // What /bin/sh is on the server: Debian's, Red Hat's and Alpine's.
  for (const [program, interpreter] of [
    ['dash', '/bin/dash'],
    ['bash', '/bin/bash --posix'],
    ['busybox', '/bin/busybox sh'],
  ] as const)
    itUnless(absent(program))(`is decoded by ${program}`, async () =>
      survive(['sh'], (line) => line.replace('/bin/sh -c', `${interpreter} -c`)),
    );

  it('is none when it is longer than a server takes', () => {
    expect(lineOf(login(['true', 'x'.repeat(129_000)]))?.length).toBeLessThanOrEqual(131_071);
    expect(lineOf(login(['true', 'x'.repeat(131_000)]))).toBeUndefined();
    expect(lineOf(login(['true', 'é'.repeat(20_000)]))).toBeUndefined();
  });

  it('bounds the command on the server a little later than here', () => {
    expect(lineOf(login(['true']), 'kill')).toContain(`'${MARK}' 'login' 'no' '7' 'kill'`);
  });

  it('of every script is one line in quotes that all shells read alike', () => {
    const stop = stopLine(MARK, 4, login(['true']), 'login', MARK);
    for (const { text } of [probeLine(MARK), rootLine(MARK), stop]) expect(text).not.toMatch(/!|\\|\n|[^ -~]/);
  });
});
