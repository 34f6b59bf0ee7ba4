import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestCli, type TestCli } from '../_testing/cli.js';

const VERIFIER = fileURLToPath(new URL('../../../evidence/dist/bin.js', import.meta.url));

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
  expect((await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts'])).code).toBe(0);
});
afterEach(() => cli.remove());

const json = async (...words: string[]) => JSON.parse((await cli.run([...words, '--json'])).stdout);

test('records are listed newest first and chosen by options', async () => {
  const { records } = await json('evidence', 'list', '--type', 'decision.made', '--operation', 'file.stat');
  expect(records).toHaveLength(1);
  expect((await json('evidence-list', '2')).records).toHaveLength(2);
  expect((await json('evidence', 'list', '--since', '1h', '--limit', '1')).records).toHaveLength(1);
  expect((await json('evidence', 'list', '--until', '1h')).records).toEqual([]);
});

test('options that mean nothing are usage errors', async () => {
  const type = await cli.run(['evidence', 'list', '--type', 'decision.mad']);
  expect(type).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "decision.made"?') });
  expect((await cli.run(['evidence', 'list', '--since', 'yesterday'])).code).toBe(2);
  expect((await cli.run(['evidence', 'list', '--limit', '0'])).code).toBe(2);
  expect((await cli.run(['evidence-list', 'many'])).code).toBe(2);
});

test('one record is shown whole, and one that is not there is said to be so', async () => {
  expect((await json('evidence', 'show', '0')).record).toMatchObject({ index: 0, type: 'ledger.created' });
  expect((await cli.run(['evidence', 'show', '9999'])).code).toBe(2);
  expect((await cli.run(['evidence', 'show', 'x'])).code).toBe(2);
});

test('a chain is every record of one story, in order', async () => {
  const { records } = await json('evidence', 'list', '--type', 'execution.finished', '--limit', '1');
  const chain = await json('evidence', 'chain', records[0].execution);
  expect(chain.records.map(({ type }: { type: string }) => type)).toEqual(['decision.made', 'execution.finished']);
  expect((await cli.run(['evidence', 'chain', 'exec-none'])).code).toBe(2);
});

test('which policy decided is on record once', async () => {
  await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect((await json('evidence', 'list', '--type', 'policy.loaded')).records).toHaveLength(1);
});

test('the ledger verifies, and so does its export; a changed byte is named', async () => {
  expect(await json('evidence', 'verify')).toMatchObject({ defects: [] });
  const [file, copy] = [cli.path('export'), cli.path('copy')];
  expect((await cli.run(['evidence', 'export', file])).code).toBe(0);
  expect(spawnSync(process.execPath, [VERIFIER, 'verify', file]).status).toBe(0);
  const text = await readFile(file, 'utf8');
  await writeFile(copy, text.replace('"operation":"file.stat"', '"operation":"file.sta7"'));
  const verified = spawnSync(process.execPath, [VERIFIER, 'verify', copy], { encoding: 'utf8' });
  expect(verified.status).toBe(1);
  expect(verified.stdout).toMatch(/bad_root|bad_leaf/);
});

test('several processes may use one home at once', async () => {
  const words = ['perform', 'file.stat', 'localhost', 'path=/etc/hosts'];
  const ended = await Promise.all(Array.from({ length: 4 }, () => cli.run(words)));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(await json('evidence', 'verify')).toMatchObject({ defects: [] });
});

test('two first uses of a new home at once make one ledger', async () => {
  const environment = { MESHCLAW_HOME: cli.path('new-home') };
  const both = await Promise.all([1, 2].map(() => cli.run(['freeze'], { environment })));
  expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const listed = await cli.run(['evidence', 'list', '--type', 'freeze.set', '--json'], { environment });
  expect(JSON.parse(listed.stdout).records).toHaveLength(2);
});
