import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotedWord, visible, visibleJson, visibleLine } from './escape.js';

test.each([
  ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a C1 control', '\u009b31m', '\\u{9b}31m'],
  ['a right-to-left override', 'a\u202etxt.exe', 'a\\u{202e}txt.exe'],
  ['an isolate', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['a byte order mark', '\ufeffa', '\\u{feff}a'],
  ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
  ['a variation selector', 'a\ufe0f', 'a\\u{fe0f}'],
  ['a Hangul filler', 'a\u3164', 'a\\u{3164}'],
  ['a lone surrogate', 'a\ud800', 'a\\u{d800}'],
  ['a carriage return', 'safe\rrm', 'safe\\u{d}rm'],
])('%s is visible', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('ordinary text of any language stays as it is', () => {
  const text = 'grün, 日本語, العربية, 👍\n\tnext';
  expect(visible(text)).toBe(text);
});

test('one line stays one line', () => {
  expect(visibleLine('a\nb\tc')).toBe('a\\nb\\tc');
});

test('two different words never look the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      fc.pre(one !== other);
      expect(quotedWord(one)).not.toBe(quotedWord(other));
    }),
  );
  expect(quotedWord('a\u202e')).not.toBe(quotedWord('a\\u{202e}'));
});

test('visible JSON parses to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = visibleJson(JSON.stringify(value, null, 2));
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).toBe(visible(text));
    }),
  );
});
