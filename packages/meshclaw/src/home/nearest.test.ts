import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

test.each([
  ['polcy', 'policy'],
  ['inventroy', 'inventory'],
  ['POLICY', 'policy'],
])('%s is taken for %s', (word, meant) => {
  expect(nearest(word, ['evidence', 'inventory', 'policy'])).toBe(meant);
});

test('a word that is like none of the known ones has no nearest', () => {
  expect(nearest('colour', ['evidence', 'policy'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
