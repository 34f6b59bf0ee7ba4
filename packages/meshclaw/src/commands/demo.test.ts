import { mkdir, readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

test('the demo tells its story by real commands, in a home of its own, and leaves nothing behind', async () => {
  const temporary = cli.path('temporary');
  await mkdir(temporary);
  const { code, stdout, stderr } = await cli.run(['demo'], { environment: { TMPDIR: temporary } });
  expect([code, stderr]).toEqual([0, '']);
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(cli.folder)).toEqual(['temporary']);
  const story = ['read_state', 'denied', 'approval_required', 'granted', 'already_used', 'it holds', 'good', 'bad_'];
  for (const part of story) expect(stdout).toContain(part);
}, 300_000);
