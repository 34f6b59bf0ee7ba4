import { expect, test } from 'vitest';
import { describe as describeValue } from './describe.js';
import { createPrinter } from './printer.js';
import { table } from './table.js';

const SECRET = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

function capture(json: boolean) {
  const written: [string, string][] = [];
  const printer = createPrinter({
    json,
    environment: {},
    write: (stream, text) => written.push([stream, String(text)]),
  });
  const of = (wanted: string) => written.flatMap(([stream, text]) => (stream === wanted ? [text] : [])).join('');
  return { printer, stdout: () => of('stdout'), stderr: () => of('stderr') };
}

test('text for people goes to stdout, notes go to stderr', () => {
  const { printer, stdout, stderr } = capture(false);
  printer.text('answer');
  printer.note('progress');
  printer.data({ never: 'shown' });
  expect([stdout(), stderr()]).toEqual(['answer\n', 'progress\n']);
});

test('with --json stdout is one object', () => {
  const { printer, stdout } = capture(true);
  printer.text('answer');
  printer.data({ a: ['\u001b', '\u202e'] });
  expect(stdout()).toBe('{"a":["\\u001b","\\u202e"]}\n');
});

test('an error is an object with --json, and lines on stderr without', () => {
  const error = { kind: 'meshclaw.usage', message: 'no', detail: 'x', cause: new Error('inside') };
  const json = capture(true);
  json.printer.problem(error, ['no: x']);
  expect(JSON.parse(json.stdout())).toEqual({
    error: { kind: 'meshclaw.usage', message: 'no', facts: { detail: 'x' } },
  });
  const text = capture(false);
  text.printer.problem(error, ['no: x']);
  expect([text.stdout(), text.stderr()]).toEqual(['', 'no: x\n']);
});

test('everything is redacted, on both streams and in both formats', () => {
  const text = capture(false);
  text.printer.text(`token ${SECRET}`);
  text.printer.note(`token ${SECRET}`);
  text.printer.problem({ kind: 'k', message: 'm' }, [SECRET]);
  const json = capture(true);
  json.printer.data({ output: `token ${SECRET}` });
  json.printer.problem({ kind: 'k', message: SECRET }, []);
  const all = text.stdout() + text.stderr() + json.stdout() + json.stderr();
  expect(all).not.toContain(SECRET);
  expect(all).toContain('[redacted:');
});

test('escape sequences from elsewhere are never obeyed', () => {
  const { printer, stdout } = capture(false);
  printer.text('\u001b[31mred\u001b]0;title\u0007');
  expect(stdout()).toBe('\\u{1b}[31mred\\u{1b}]0;title\\u{7}\n');
});

test('a cell is one visible line', () => {
  const { printer } = capture(false);
  expect(table(['a', 'b'], [['x\ny', '\u001b[1m']], printer).split('\n')).toEqual(['a     b', 'x\\ny  \\u{1b}[1m']);
});

test('data becomes lines, tables and blocks', () => {
  const { printer } = capture(false);
  const data = { used_percent: 91, none: null, list: [{ aValue: 1, b: { c: 2 } }], text: 'one\ntwo\n', empty: [] };
  expect(describeValue(data, printer)).toEqual([
    'used percent: 91',
    'none: –',
    'list:',
    '  a value  b',
    '  1        c 2',
    'text:',
    '  | one',
    '  | two',
    'empty: none',
  ]);
});
