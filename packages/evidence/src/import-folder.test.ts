import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { importFolder } from './import-folder.js';

const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
const file = (kind: string, more: object = {}) => ({
  id: `20260501T101112Z-000000001-${kind}-web1`,
  time: '2026-05-01T10:11:12Z',
  kind,
  host: 'web1',
  summary: 'uptime',
  payload: { success: true, stdout: 'up 3 days' },
  stored_at: '/home/x/.meshclaw/evidence/2026-05-01/x.json',
  ...more,
});

/** A folder as the Go edition leaves it, with a bundle of a workflow beside the records. */
function evidenceFolder(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

describe('importing evidence of the Go edition', () => {
  it('takes each record over once, in the order of time, and says what it left', async () => {
    const folder = evidenceFolder({
      '2026-05-02/b.json': file('disk-investigate'),
      '2026-05-01/a.json': file('run-evidence'),
      '2026-05-01/broken.json': '{"id":',
      '2026-05-01/other.json': { name: 'execution' },
      '2026-05-01/notes.txt': 'not one',
      '2026-05-01/20260501-run/execution.json': file('never'),
      'latest/c.json': file('never'),
    });
    const ledger = await temporaryLedger();
    const summary = (await importFolder(ledger, folder))._unsafeUnwrap();
    expect(summary).toMatchObject({ imported: 2, known: 0 });
    expect(summary.refused.map(({ file }) => file)).toEqual([
      '2026-05-01/broken.json',
      '2026-05-01/notes.txt',
      '2026-05-01/other.json',
    ]);
    const found = (await ledger.find({ types: ['ledger.imported'], target: 'web1', limit: 9 }))._unsafeUnwrap();
    expect(found.map(({ body }) => (body as { record: { kind: string } }).record.kind)).toEqual([
      'run-evidence',
      'disk-investigate',
    ]);
    expect((await importFolder(ledger, folder))._unsafeUnwrap()).toMatchObject({ imported: 0, known: 2 });
  });

  it('keeps large ones beside the ledger, and no secret anywhere', async () => {
    const folder = evidenceFolder({
      '2026-05-01/small.json': file('run-evidence', { summary: `token ${SECRET}` }),
      '2026-05-01/large.json': file('analyze-logs', { payload: { stdout: `${'x '.repeat(4000)}${SECRET}` } }),
    });
    const ledger = await temporaryLedger();
    (await importFolder(ledger, folder))._unsafeUnwrap();
    const found = (await ledger.find({ types: ['ledger.imported'], limit: 9 }))._unsafeUnwrap();
    const large = found.find(({ blobs }) => blobs !== undefined);
    const blob = (await ledger.readBlob(large?.blobs?.record?.sha256 ?? ''))._unsafeUnwrap();
    const text = Buffer.from(blob).toString();
    expect(JSON.parse(text)).toMatchObject({ kind: 'analyze-logs' });
    expect(`${JSON.stringify(found)}${text}`).not.toContain(SECRET.slice(0, 20));
  });

  it('fails on a folder that is not there', async () => {
    const ledger = await temporaryLedger();
    const failed = await importFolder(ledger, join(temporaryFolder(), 'none'));
    expect(failed._unsafeUnwrapErr()).toMatchObject({ kind: 'evidence.import_failed', cause: { code: 'ENOENT' } });
  });
});
