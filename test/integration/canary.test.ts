// Plants made-up secrets on every way in, then looks through everything that came out or was kept. The count is printed.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BARE_SHAPES, NAMED_SHAPES, plantedSecrets } from '@meshclaw/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../../packages/meshclaw/src/_testing/approver-key.js';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { connectLines } from '../e2e/mcp-client.js';

/** Twenty forms of text; those of the last five need a secret that says by itself what it is. */
const FORMS = [...Object.values(NAMED_SHAPES).slice(0, 20), ...Object.values(BARE_SHAPES).slice(0, 5)];
let seed = 100;
const planted: string[] = [];
let texts = 0;

/** New secrets for each way in, so that a hit tells where it came from: forty secrets in twenty forms. */
function plant(): readonly string[] {
  seed += 1;
  return plantedSecrets(seed).flatMap(({ secret, bare }) => {
    planted.push(secret);
    const forms = (bare ? FORMS.toSpliced(15, 5) : FORMS.slice(0, 20)).map((form) => form(secret));
    texts += forms.length;
    return forms;
  });
}

/** The forms in which something that was masked badly would still show: whole, and its first and last half. */
function formsOf(secret: string): readonly string[] {
  const half = Math.max(10, Math.floor(secret.length / 2));
  return [secret, secret.slice(0, half), secret.slice(-half)].flatMap((part) => [
    ...[part, encodeURIComponent(part), JSON.stringify(part).slice(1, -1), Buffer.from(part).toString('hex')],
    ...[0, 1, 2].map((shift) =>
      Buffer.from(part)
        .subarray(shift)
        .toString('base64')
        .replace(/.?.?=*$/, ''),
    ),
  ]);
}

let cli: TestCli;
let key: KeyFiles;
const said: string[] = [];
const run = async (words: readonly string[], environment: Record<string, string> = {}, stdin = '') => {
  const { stdout, stderr, code } = await cli.run(words, { environment, stdin });
  said.push(stdout, stderr);
  return { stdout, stderr, code };
};

beforeAll(async () => {
  cli = await createTestCli();
  key = await writeKeyFiles(cli.path('key'), 'dana');
  expect((await run(['approvers', 'add', 'dana', key.publicFile])).code).toBe(0);
});
afterAll(() => cli.remove());

/** Every file under a folder. */
function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return statSync(path).isFile() ? [path] : [];
  });
}

describe('secrets that are planted on every way in', () => {
  it('are on no way out and nowhere kept', async () => {
    await commandLines();
    await serverOutput();
    await environment();
    await askedBecause();
    await standardInput();
    await mcpArguments();
    for (const words of [
      ['evidence', 'list', '--limit', '200'],
      ['evidence', 'list', '--json', '--limit', '200'],
    ])
      expect((await run(words)).code).toBe(0);
    const exported = cli.path('export.jsonl');
    expect((await run(['evidence', 'export', exported])).code).toBe(0);
    expect((await run(['evidence', 'verify'])).code).toBe(0);

    const sinks = [...files(cli.home), exported].map((path) => ({ path, text: readFileSync(path).toString('latin1') }));
    sinks.push(...said.map((text, index) => ({ path: `printed ${index}`, text })));
    const hits = planted.flatMap((secret) =>
      formsOf(secret).flatMap((form) =>
        sinks.filter(({ text }) => text.includes(form)).map(({ path }) => `${secret}: ${path}`),
      ),
    );
    const bytes = sinks.reduce((sum, { text }) => sum + text.length, 0);
    console.log(
      `canaries: ${planted.length} secrets in ${texts} texts on 7 ways in; ${sinks.length} sinks of ${bytes} bytes: ${hits.length} hits`,
    );
    expect([...new Set(hits)]).toEqual([]);
    expect(sinks.some(({ path }) => path.includes('blobs'))).toBe(true);
    expect(sinks.filter(({ text }) => text.includes('[redacted:')).length).toBeGreaterThan(5);
  }, 120_000);
});

/** Words of a command that runs, of one that is asked for, of one that is misspelt, and values of the wrong type. */
async function commandLines(): Promise<void> {
  await run(['run', 'localhost', '--json', '--', 'echo', ...plant()]);
  await run(['run', 'localhost', '--', 'touch', ...plant().slice(0, 40)]);
  await run(['run', 'localhost', '--dry-run', '--', 'echo', ...plant().slice(0, 40)]);
  for (const text of plant().filter((_, index) => index % 799 === 0)) {
    await run([text]);
    await run(['perform', 'file.stat', 'localhost', `path=${text}`]);
    await run(['perform', 'file.stat', text, 'path=/etc/hosts', '--json']);
    await run(['perform', 'file.stat', 'localhost', '--input', text]);
  }
}

async function askedBecause(): Promise<void> {
  const because = plant();
  const asked = await run([
    'run',
    'localhost',
    '--because',
    because.join('\n'),
    '--json',
    '--',
    'touch',
    cli.path('x'),
  ]);
  expect(asked.code, asked.stdout + asked.stderr).toBe(4);
  const { id, plan } = JSON.parse(asked.stdout).error.facts.approval;
  expect((await run(['approvals', 'show', id])).code).toBe(0);
  expect((await run(['plan', 'show', plan])).code).toBe(0);
  await run(['approvals', 'deny', id, '--reason', plant().slice(0, 40).join('\n')]);
  await run(['approvals', 'list', '--json']);
  await run(['freeze', '--reason', plant().slice(0, 40).join('\n')]);
}

/** Runs a command, which is asked for and approved where it is more than reading. */
async function apply(words: readonly string[], options: readonly string[] = [], environment = {}) {
  const asked = await run(['run', 'localhost', '--json', '--', ...words], environment);
  if (asked.code === 0) return asked;
  const { id, plan } = JSON.parse(asked.stdout).error.facts.approval;
  expect((await run(['approvals', 'grant', id, '--key', key.privateFile])).code).toBe(0);
  const ended = await run(['apply', plan, ...options], environment);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

/** What a program prints: a file that is read, on both streams, longer than what is kept inside of a record. */
async function serverOutput(): Promise<void> {
  const file = cli.path('config');
  writeFileSync(file, plant().join('\n'));
  const read = await apply(['sh', '-c', `cat ${file}; head -c 3000 ${file} >&2`], ['--json']);
  expect(read.stdout).toContain('[redacted:');
  await apply(['head', '-n', '200', file]);
}

/** Values of the environment are known: they are masked without their names, too. */
async function environment(): Promise<void> {
  seed += 1;
  const own = plantedSecrets(seed).map(({ secret }) => secret);
  planted.push(...own);
  texts += own.length;
  const variables = Object.fromEntries(own.map((secret, index) => [`APP_${index}_TOKEN`, secret]));
  const file = cli.path('values');
  const encoded = own.map((secret) => Buffer.from(`user:${secret}`).toString('base64'));
  const forms = [
    ...own,
    ...own.map(encodeURIComponent),
    ...own.map((secret) => Buffer.from(secret).toString('hex')),
    ...encoded,
  ];
  writeFileSync(file, forms.join('\n'));
  const read = await apply(['cat', file], ['--json'], variables);
  expect(read.stdout).toContain('[redacted:known-value]');
  for (const form of encoded) expect(read.stdout).not.toContain(form.slice(8, -6));
  await apply(['env'], [], variables);
}

async function standardInput(): Promise<void> {
  await run(['approvals', 'grant', 'appr-none', '--signature', '-'], {}, plant().join('\n'));
  await run(['unfreeze', '--signature', '-'], {}, plant().join('\n'));
}

async function mcpArguments(): Promise<void> {
  const client = await connectLines(cli);
  const call = (id: number, name: string, given: object) =>
    client.request(id, 'tools/call', { name, arguments: given });
  await call(1, 'meshclaw_policy_check', {
    operation: 'command.run',
    server: 'localhost',
    input: { argv: ['echo', ...plant().slice(0, 200)] },
  });
  for (const [index, text] of plant()
    .filter((_, at) => at % 160 === 3)
    .entries()) {
    await call(10 + 5 * index, 'meshclaw_policy_check', { operation: text, server: text, input: { password: text } });
    await call(11 + 5 * index, 'meshclaw_service_check', { server: 'localhost', unit: text });
    await call(12 + 5 * index, 'meshclaw_disk_investigate', { server: text, path: text });
    await call(13 + 5 * index, text, { [text]: text });
    await client.request(14 + 5 * index, text, { text });
  }
  await call(2, 'meshclaw_evidence_list', { limit: 50 });
  client.child.stdin?.end();
  await client.ended;
  said.push(client.lines.join('\n'), client.stderr());
}

it('is run on what is built', () =>
  expect(existsSync(join(import.meta.dirname, '../../packages/meshclaw/dist/bin.js'))).toBe(true));
