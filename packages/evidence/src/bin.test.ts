import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { built } from './_testing/built.js';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';

const here = dirname(fileURLToPath(import.meta.url));
const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined;
let program = '';
beforeAll(async () => {
  program = await built('bin');
});

async function exportedLedger() {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const records = ['first', 'second'].map((body) => ({ type: 'decision.made' as const, body }));
  (await ledger.append(records))._unsafeUnwrap();
  const path = join(folder, 'export.jsonl');
  (await ledger.exportTo(path))._unsafeUnwrap();
  return { folder, ledger, path };
}

const run = (...words: string[]) => spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });

describe('meshclaw-evidence verify', () => {
  it('says that an export is good and that its key was taken from it', async () => {
    const { path } = await exportedLedger();
    const { status, stdout, stderr } = run('verify', path);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^good: .*\n {2}records {2}3\n/);
    expect(stdout).toContain('--key');
  });

  it('names defects and ends with 1', async () => {
    const { path, ledger } = await exportedLedger();
    writeFileSync(path, readFileSync(path, 'utf8').replace('"second"', '"changed"'));
    const { status, stdout } = run('verify', path, '--key', ledger.verifierKey);
    expect(status).toBe(1);
    expect(stdout).toContain('bad_root at 3');
  });

  it('answers JSON when asked', async () => {
    const { path, ledger } = await exportedLedger();
    const report = JSON.parse(run('verify', path, '--json', '--key', ledger.verifierKey).stdout);
    const head = (await ledger.head())._unsafeUnwrap();
    expect(report).toMatchObject({ ...head, source: 'export', pinned: true, key: ledger.verifierKey, defects: [] });
  });

  it('ends with 2 when there is nothing it could verify', async () => {
    const { folder } = await exportedLedger();
    writeFileSync(join(folder, 'other'), 'no export\n');
    const words = [
      [],
      ['check', folder],
      ['verify'],
      ['verify', join(folder, 'none')],
      ['verify', join(folder, 'other')],
      ['verify', folder, '--none'],
    ];
    for (const each of words) {
      const { status, stdout, stderr } = run(...each);
      expect([status, stdout], each.join(' ')).toEqual([2, '']);
      expect(stderr).not.toBe('');
    }
  });

  it('verifies a ledger.db and its folder', async (context) => {
    if (!hasSqlite) context.skip('where Node has SQLite');
    const { folder, ledger } = await exportedLedger();
    await ledger.close();
    for (const path of [folder, join(folder, 'ledger.db')]) {
      const { status, stderr, stdout } = run('verify', path);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('records  3');
    }
  });

  it('says plainly that a ledger.db needs a newer Node', async (context) => {
    if (hasSqlite) context.skip('where Node has no SQLite');
    const { folder } = await exportedLedger();
    const { status, stderr } = run('verify', folder);
    expect(status).toBe(2);
    expect(stderr).toBe('a ledger.db needs Node 22.13 or later; an export needs only this one\n');
  });
});

describe('the offline verifier', () => {
  it('imports nothing but Node and its own files', () => {
    const seen = new Set<string>();
    const outside: string[] = [];
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import\(|import) ?'([^']+)'/g)) {
        if (name.startsWith('.')) visit(resolve(dirname(path), name.replace(/\.js$/, '.ts')));
        else if (!name.startsWith('node:')) outside.push(`${path}: ${name}`);
      }
    };
    visit(join(here, 'bin.ts'));
    expect(outside).toEqual([]);
    const files = readdirSync(join(here, 'offline')).map((name) => join(here, 'offline', name));
    expect(files.filter((path) => !seen.has(path))).toEqual([]);
  });
});
