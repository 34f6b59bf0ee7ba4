/** The README's examples are the files beside this test, and they run. */

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const here = new URL('.', import.meta.url);
const text = (path: string) => readFile(new URL(path, here), 'utf8');
const blocks = (markdown: string) => [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);

let folder: string;
let printed: unknown[][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-embed-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(words));
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Runs an example as `node <example> <argument>` would. */
async function run(example: () => Promise<unknown>, argument: string): Promise<void> {
  const argv = process.argv;
  process.argv = ['node', 'example', argument];
  try {
    await example();
  } finally {
    process.argv = argv;
  }
}

describe('the examples of the README', () => {
  test('are the files of this folder, word for word', async () => {
    expect(blocks(await text('../../README.md'))).toEqual([await text('open.ts'), await text('by-hand.ts')]);
  });
});

describe('openMeshClaw', () => {
  test('investigates a disk at once and asks a person before it changes a file', async () => {
    vi.stubEnv('MESHCLAW_HOME', join(folder, 'home'));
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'notes\n', { mode: 0o600 });
    await run(() => import('./open.js'), file);
    const [report, asked] = printed;
    expect(['ok', 'findings', 'partial']).toContain(report?.[0]);
    expect(report?.[2]).not.toEqual([]);
    expect(asked?.[0]).toBe('a person runs:');
    expect(asked?.[1]).toMatch(/^meshclaw approvals grant appr-/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('createMeshClaw', () => {
  test('reads the facts of this machine with parts that were chosen by hand', async () => {
    await run(() => import('./by-hand.js'), join(folder, 'ledger'));
    const [facts] = printed[0] ?? [];
    expect(facts).toMatchObject({ target: 'here', output: { os: process.platform } });
    expect(facts).toHaveProperty('evidence.0');
  });
});
