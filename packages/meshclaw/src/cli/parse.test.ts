import { expect, test } from 'vitest';
import type { CommandSpec } from './command.js';
import { findCommand } from './find-command.js';
import { parseWords } from './parse.js';

const spec: CommandSpec = {
  name: 'run',
  summary: '',
  positionals: [
    { name: 'server', description: '', required: true },
    { name: 'words', description: '', required: true, variadic: true },
  ],
  options: [
    { name: 'dry-run', description: '' },
    { name: 'because', value: 'text', description: '' },
    { name: 'type', value: 'type', description: '', repeatable: true },
  ],
  example: '',
};
const parsed = (...words: string[]) => parseWords(spec, words)._unsafeUnwrap();

test('everything behind -- is a word, whatever it looks like', () => {
  const args = parsed('web1', '--dry-run', '--', 'ls', '--json', '-la');
  expect(args.text('server')).toBe('web1');
  expect(args.list('words')).toEqual(['ls', '--json', '-la']);
  expect(args.flag('dry-run')).toBe(true);
  expect(args.flag('json')).toBe(false);
});

test('options are found by their names', () => {
  const args = parsed('web1', 'ls', '--because', 'why', '--type', 'a', '--type', 'b');
  expect(args.optional('because')).toBe('why');
  expect(args.list('type')).toEqual(['a', 'b']);
  expect(args.optional('none')).toBeUndefined();
});

test.each([
  [['web1'], 'missing required argument'],
  [['web1', 'ls', '--becuase', 'x'], 'unknown option'],
  [['web1', 'ls', '--because'], 'argument missing'],
])('%j is a usage error', (words, said) => {
  expect(parseWords(spec, words)._unsafeUnwrapErr().detail).toContain(said);
});

test('a word too many is a usage error', () => {
  const single = { ...spec, positionals: spec.positionals.slice(0, 1) };
  expect(parseWords(single, ['a', 'b']).isErr()).toBe(true);
});

const entry = (name: string) => ({ ...spec, name, load: () => Promise.reject(new Error('not loaded')) });
const own = ['approvals list', 'approvals show', 'evidence-list', 'run'].map(entry);
const find = (...words: string[]) => findCommand(words, own, async () => [entry('disk-investigate')]);

test('the longest name wins and keeps the rest of the words', async () => {
  expect(await find('approvals', 'show', 'x')).toMatchObject({ entry: { name: 'approvals show' }, words: ['x'] });
  expect(await find('disk-investigate', 'a')).toMatchObject({ entry: { name: 'disk-investigate' }, words: ['a'] });
});

test('an unknown name is answered with the nearest one', async () => {
  expect(await find('aprovals', 'list')).toMatchObject({ unknown: 'aprovals' });
  expect(await find('approvals', 'shwo')).toEqual({ unknown: 'approvals shwo', near: 'approvals show' });
  expect(await find('disk-investigat')).toEqual({ unknown: 'disk-investigat', near: 'disk-investigate' });
});
