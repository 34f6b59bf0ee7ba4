/** Words, bytes and environment: a command is run exactly as it was written. */

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { action, type ContractTest, call, exitOf, script } from './call.js';

// Prints each parameter in brackets, so that an empty, split or joined word shows.
const BRACKETS = 'for word; do printf "[%s]\\n" "$word"; done';
const AWKWARD = [
  '',
  ' ',
  'two words',
  "single ' quote",
  'double " quote',
  'back\\slash \\n',
  'dollar $HOME $(id) `id` $PATH',
  'semi; colon && and || or | pipe > /dev/null & ',
  '* ? [a-z] ~ {a,b} !history',
  '-n',
  '--',
  'line one\nline two\n',
  'tab\tand\rreturn',
  'żółć 漢字 🦀 \u0301',
];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const wordCases = {
  'hands over every word as it was written': async ({ session }) => {
    const { stdout } = await exitOf(session, script(BRACKETS, ...AWKWARD));
    expect(stdout.text).toBe(AWKWARD.map((word) => `[${word}]\n`).join(''));
  },
  'hands over a word of 100 kB': async ({ session }) => {
    const { stdout } = await exitOf(session, script('printf %s "$1"', 'x'.repeat(100_000)));
    expect(stdout).toMatchObject({ bytes: 100_000, cut: false, digest: sha256('x'.repeat(100_000)) });
  },
  'refuses a word with a NUL character before anything is done': async ({ session }) => {
    const answer = await session.perform(action(['printf', 'a\0b']), call());
    expect(answer._unsafeUnwrapErr().kind).toBe('unsupported');
  },
  'gives the command its standard input': async ({ session }) => {
    const stdin = `${AWKWARD.join('\n')}${'y'.repeat(300_000)}`;
    const { stdout } = await exitOf(session, action(['cat'], { stdin }));
    expect(stdout.digest).toBe(sha256(stdin));
  },
  'gives the command an empty standard input when there is none': async ({ session }) => {
    expect((await exitOf(session, action(['wc', '-c']))).stdout.text.trim()).toBe('0');
  },
  'does not mind a command that leaves its input unread': async ({ session }) => {
    const { exitCode } = await exitOf(session, action(['true'], { stdin: 'z'.repeat(1_000_000) }));
    expect(exitCode).toBe(0);
  },
  'runs in the directory it is told': async ({ session }) => {
    expect((await exitOf(session, action(['pwd'], { cwd: '/usr' }))).stdout.text).toBe('/usr\n');
  },
  'does not start where a link in the path of the directory leads': async ({ session }) => {
    const started = await session.perform(action(['pwd'], { cwd: '/proc/self/root/usr' }), call());
    expect(started._unsafeUnwrapErr().kind).toBe('not_started');
  },
  'hands over nothing of its own environment': async ({ session }) => {
    process.env.MESHCLAW_CONTRACT_LEAK = 'leaked';
    const { stdout } = await exitOf(session, action(['env']));
    delete process.env.MESHCLAW_CONTRACT_LEAK;
    expect(stdout.text).not.toContain('MESHCLAW_CONTRACT_LEAK');
    expect(stdout.text).not.toMatch(/^(LD_|BASH_ENV|ENV=|IFS=|NODE_)/m);
  },
  'speaks the C locale': async ({ session }) => {
    expect((await exitOf(session, script('printf %s "$LC_ALL"'))).stdout.text).toBe('C');
  },
  'keeps both streams apart': async ({ session }) => {
    const { stdout, stderr } = await exitOf(session, script('printf out; printf err >&2'));
    expect([stdout.text, stderr.text]).toEqual(['out', 'err']);
  },
  'decodes once and replaces what is not UTF-8': async ({ session }) => {
    const { stdout } = await exitOf(session, script("printf '\\357\\273\\277a\\377\\303'; sleep 0.1; printf '\\251'"));
    expect(stdout).toMatchObject({ text: '\ufeffa\ufffdé', bytes: 7, cut: false });
  },
} satisfies Record<string, ContractTest>;
