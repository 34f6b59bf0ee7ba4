import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('meshclaw-demo-')).length;

test('the demo tells its story by real commands, in a home of its own, and leaves nothing behind', async () => {
  const before = await leftovers();
  const { code, stdout, stderr } = await cli.run(['demo']);
  expect([code, stderr]).toEqual([0, '']);
  expect(await leftovers()).toBe(before);
  expect(await readdir(cli.folder)).toEqual([]);
  const story = ['read_state', 'denied', 'approval_required', 'granted', 'already_used', 'it holds', 'good', 'bad_'];
  for (const part of story) expect(stdout).toContain(part);
}, 120_000);
