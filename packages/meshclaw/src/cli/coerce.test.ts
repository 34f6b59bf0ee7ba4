import { expect, test } from 'vitest';
import { coerceWords, type PropertySchema, pairsOf } from './coerce.js';

const schema: PropertySchema = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    depth: { type: 'integer' },
    deep: { type: 'boolean' },
    roots: { type: 'array', items: { type: 'string' } },
  },
};

test('text stays text, even when it looks like something else', () => {
  expect(pairsOf(['path=0640'], schema)).toEqual({ input: { path: '0640' } });
  expect(pairsOf(['path=a=b', 'depth=3', 'deep=true'], schema)).toEqual({
    input: { path: 'a=b', depth: 3, deep: true },
  });
});

test('a list takes every word, even a single one', () => {
  expect(pairsOf(['roots=/a'], schema)).toEqual({ input: { roots: ['/a'] } });
  expect(pairsOf(['roots=/a', 'roots=/b'], schema)).toEqual({ input: { roots: ['/a', '/b'] } });
});

test('a key that is given twice is never one of the two', () => {
  expect(pairsOf(['path=/a', 'path=/b'], schema)).toEqual({ input: { path: ['/a', '/b'] } });
});

test('a word without a key is wrong', () => {
  expect(pairsOf(['path'], schema)).toEqual({ wrong: 'path' });
  expect(pairsOf(['=x'], schema)).toEqual({ wrong: '=x' });
});

test('what is not readable as the wanted type is left for the schema to refuse', () => {
  expect(coerceWords(['many'], schema.properties?.depth)).toBe('many');
});
