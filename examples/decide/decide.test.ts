/** The example of the README of `@meshclaw/policy` is the file beside this test, and it runs. */

import { readFile } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';

const text = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
afterEach(() => vi.restoreAllMocks());

test('the README shows this file, which decides and explains', async () => {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(await text('../../packages/policy/README.md')) ?? [];
  expect(code).toBe(await text('decide.ts'));
  const printed: unknown[][] = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(words));
  await import('./decide.js');
  expect(printed[0]).toEqual(['approval_required', 'destructive', false]);
  expect(printed[1]?.[0]).toMatch(/^(authz|command|any)\./);
  expect(printed.at(-1)).toEqual([true]);
});
