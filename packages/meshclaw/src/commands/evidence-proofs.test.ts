import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
const verifier = (...words: string[]) => spawnSync(process.execPath, [VERIFIER, ...words], { encoding: 'utf8' });
async function kept(name: string, ...words: string[]): Promise<string> {
  const { code, stdout } = await cli.run(words);
  expect(code).toBe(0);
  await writeFile(cli.path(name), stdout);
  return cli.path(name);
}

test('a record is proved to somebody who has nothing but the key', async () => {
  const { key } = await json('evidence', 'head');
  const proof = await kept('record.tlog-proof', 'evidence', 'prove', '0');
  const checked = verifier('check', proof, '--key', key);
  expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('ledger.created')]);
  expect((await cli.run(['evidence', 'prove', '99999'])).code).toBe(2);
  expect((await cli.run(['evidence', 'prove', 'x'])).code).toBe(2);
});

test('a head that was kept shows that the ledger went on from it', async () => {
  const { key } = await json('evidence', 'head');
  const head = await kept('head.txt', 'evidence', 'head');
  await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  const proof = await kept('proof.txt', 'evidence', 'consistency', head);
  expect(verifier('check', proof, '--key', key, '--against', head).status).toBe(0);
  expect((await cli.run(['evidence', 'verify', '--against', head])).code).toBe(0);
  const changed = (await readFile(head, 'utf8')).replace(/\n\d+\n/, '\n9\n');
  await writeFile(cli.path('changed.txt'), changed);
  expect((await cli.run(['evidence', 'verify', '--against', cli.path('changed.txt')])).code).toBe(1);
  expect((await cli.run(['evidence', 'consistency', cli.path('changed.txt')])).code).toBe(2);
  expect((await cli.run(['evidence', 'verify', '--against', cli.path('none')])).code).toBe(2);
});

test('heads are kept elsewhere as they are signed, and a ledger that was put back is found by them', async () => {
  const heads = cli.path('heads');
  const settings = `evidence:\n  anchors:\n    - file: ${heads}\n    - command: [sh, -c, "cat > ${cli.path('latest')}"]\n`;
  await writeFile(`${cli.home}/meshclaw.yaml`, settings, { mode: 0o600 });
  const { records } = await json('evidence', 'list', '--limit', '1');
  await mkdir(cli.path('earlier'), { mode: 0o700 });
  expect(spawnSync('cp', ['-a', cli.home, cli.path('earlier')]).status).toBe(0);
  await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect((await json('evidence', 'anchor')).anchors).toMatchObject([{ kept: true }, { kept: true }]);
  const size = Number((await readFile(cli.path('latest'), 'utf8')).split('\n')[1]);
  expect(size).toBeGreaterThan(records[0].index + 1);
  expect((await cli.run(['evidence', 'verify', '--against', heads])).code).toBe(0);
  const environment = { MESHCLAW_HOME: cli.path('earlier/home') };
  const old = await cli.run(['evidence', 'verify', '--against', heads], { environment });
  expect([old.code, old.stdout]).toEqual([1, expect.stringContaining('head_rollback')]);
});

test('a place that cannot be reached is named, and nothing else fails for it', async () => {
  await writeFile(`${cli.home}/meshclaw.yaml`, 'evidence:\n  anchors:\n    - command: ["false"]\n', { mode: 0o600 });
  const performed = await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  expect([performed.code, performed.stderr]).toEqual([0, expect.stringContaining('was not kept by command false')]);
  expect((await cli.run(['evidence', 'anchor'])).code).toBe(5);
});

test('evidence of the Go edition is taken over once', async () => {
  await mkdir(cli.path('old/2026-05-01'), { recursive: true });
  const record = { id: 'one', time: '2026-05-01T10:00:00Z', kind: 'run-evidence', host: 'web1', summary: 'uptime' };
  await writeFile(cli.path('old/2026-05-01/one.json'), JSON.stringify(record));
  expect(await json('evidence', 'import', cli.path('old'))).toMatchObject({ imported: 1, known: 0 });
  expect(await json('evidence', 'import', cli.path('old'))).toMatchObject({ imported: 0, known: 1 });
  const { records } = await json('evidence', 'list', '--type', 'ledger.imported', '--server', 'web1');
  expect(records).toMatchObject([{ body: { record } }]);
  await writeFile(cli.path('old/2026-05-01/two.json'), '{');
  expect((await cli.run(['evidence', 'import', cli.path('old')])).code).toBe(6);
});

test('old outputs are erased when a person says how old', async () => {
  const large = 'x'.repeat(20_000);
  await writeFile(cli.path('large'), large);
  await cli.run(['perform', 'file.read', 'localhost', `path=${cli.path('large')}`]);
  expect((await cli.run(['evidence', 'prune'])).code).toBe(2);
  expect((await cli.run(['evidence', 'prune', '--blobs-older-than', 'old'])).code).toBe(2);
  const none = await json('evidence', 'prune', '--blobs-older-than', '90d');
  expect(none).toMatchObject({ erased: 0 });
  const blobs = spawnSync('find', [`${cli.home}/blobs`, '-type', 'f'], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  for (const path of blobs.filter((line) => line !== '')) await utimes(path, 0, 0);
  expect(await json('evidence', 'prune', '--blobs-older-than', '90d')).toMatchObject({ kept: 0, erased: none.kept });
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
});

test('a summary says who asked, what was decided and what was changed', async () => {
  const summary = await json('evidence', 'summary', '--since', '1h');
  const [asked, ...more] = Object.values(summary.asked);
  expect([asked, more]).toEqual([expect.any(Number), []]);
  expect(summary).toMatchObject({ decisions: { read_state: asked }, denied: {}, changed: [] });
  expect((await json('evidence', 'summary', '--since', '2h', '--until', '1h')).decisions).toEqual({});
  expect((await cli.run(['evidence', 'summary', '--since', 'dawn'])).code).toBe(2);
});

test('records are found by each thing that ties them together', async () => {
  const { records } = await json('evidence', 'list', '--type', 'execution.finished', '--limit', '1');
  const { execution, policy } = records[0];
  const indices = async (...words: string[]) =>
    (await json('evidence', 'list', ...words)).records.map(({ index }: { index: number }) => index);
  expect(await indices('--execution', execution)).toContain(records[0].index);
  expect(await indices('--policy', policy)).toContain(records[0].index);
  for (const name of ['--approval', '--run', '--digest', '--once']) expect(await indices(name, 'none')).toEqual([]);
});

test('the ledger goes on in a new file, and a file that was moved away is named as absent', async () => {
  const kept = await json('evidence', 'list', '--limit', '100');
  const closed = await json('evidence', 'rotate');
  expect(closed).toMatchObject({ epoch: 1, size: kept.records.length });
  expect((await json('evidence', 'list', '--limit', '100')).records).toHaveLength(kept.records.length + 1);
  expect((await cli.run(['evidence', 'show', '0'])).stdout).toContain('ledger.created');
  await rename(join(cli.home, 'ledger.db'), cli.path('archived.db'));
  const verified = await cli.run(['evidence', 'verify']);
  expect([verified.code, verified.stdout]).toEqual([
    0,
    expect.stringContaining(`absent: records 0 to ${closed.size - 1}`),
  ]);
  expect((await cli.run(['evidence', 'show', '0'])).code).not.toBe(0);
  expect((await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts'])).code).toBe(0);
});

test('a backup of the home is the same ledger, and an older one is told by a head that was kept', async () => {
  const backup = cli.path('backup');
  await cp(cli.home, backup, { recursive: true });
  await cli.run(['perform', 'file.stat', 'localhost', 'path=/etc/hosts']);
  const head = await kept('head.txt', 'evidence', 'head');
  expect((await cli.run(['evidence', 'verify', '--against', head])).code).toBe(0);
  await rm(cli.home, { recursive: true });
  await cp(backup, cli.home, { recursive: true });
  expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
  const older = await cli.run(['evidence', 'verify', '--against', head]);
  expect([older.code, older.stdout]).toEqual([1, expect.stringContaining('head_rollback')]);
});
