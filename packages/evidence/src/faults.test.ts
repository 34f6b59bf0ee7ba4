import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { figure } from './_testing/figure.js';
import { outsideConnection, temporaryFolder, temporaryLedger } from './_testing/temporary.js';
import { openLedger } from './open-ledger.js';

const isRoot = process.getuid?.() === 0;
const record = (size: number) => ({ type: 'decision.made', body: 'x'.repeat(size) }) as const;

/** A file system of two megabytes, or undefined where none may be mounted. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  });
  return folder;
}

describe('a write that fails', () => {
  it('is not acknowledged, and the ledger goes on once the disk has room again', async (context) => {
    const disk = smallDisk();
    if (disk === undefined) return context.skip('a small file system can only be mounted by root');
    const folder = join(disk, 'ledger');
    const ledger = await temporaryLedger({ folder });
    const acknowledged: number[] = [];
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(1_000_000));
    let failure: unknown;
    for (let tries = 0; tries < 500 && failure === undefined; tries += 1) {
      const appended = await ledger.append([record(10_000)]);
      if (appended.isOk()) acknowledged.push(...appended.value.map(({ index }) => index));
      else failure = appended.error;
    }
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(acknowledged.length).toBeGreaterThan(3);
    rmSync(join(disk, 'ballast'));
    const [next] = (await ledger.append([record(1)]))._unsafeUnwrap();
    expect(next?.index).toBeGreaterThan(acknowledged.at(-1) ?? 0);
    const { defects, size } = (await ledger.verify())._unsafeUnwrap();
    expect(defects).toEqual([]);
    // What the ledger says of itself, once: that the write before failed.
    const recovered = (await ledger.find({ types: ['ledger.recovered'], limit: 9 }))._unsafeUnwrap();
    expect(recovered.map(({ index }) => index)).toEqual([(next?.index ?? 0) - 1]);
    expect(size).toBe((next?.index ?? 0) + 1);
    const stored = new Set((await ledger.find({ limit: 1000 }))._unsafeUnwrap().map(({ index }) => index));
    expect(acknowledged.filter((index) => !stored.has(index))).toEqual([]);
    figure(`a full disk: ${acknowledged.length} records acknowledged, 0 lost, 0 defects once there is room again`);
  });

  it('is never acknowledged later: after a failure the end is checked before anything is stored', async () => {
    const folder = temporaryFolder();
    const ledger = await temporaryLedger({ folder });
    (await ledger.append([record(1), record(2)]))._unsafeUnwrap();
    const outside = await outsideConnection(folder);
    // The newest records vanish: what is written next would leave a gap.
    outside.exec('DROP TRIGGER chunk_no_delete');
    outside.exec('DELETE FROM chunk WHERE first = 1');
    const broken = await ledger.append([record(3)]);
    expect(broken._unsafeUnwrapErr().kind).toBe('unavailable');
    const answers = await Promise.all([ledger.append([record(4)]), ledger.size(), ledger.find({ limit: 1 })]);
    for (const answer of answers) {
      expect(answer._unsafeUnwrapErr()).toMatchObject({ kind: 'unavailable', cause: { kind: 'evidence.damaged' } });
    }
    outside.close();
  });
});

describe('a folder that nothing can be written to', () => {
  it('is refused with its cause', async (context) => {
    if (isRoot) context.skip('skipped for root, who may write everywhere');
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    const refused = await openLedger({ folder: join(folder, 'ledger') });
    chmodSync(folder, 0o700);
    expect(refused._unsafeUnwrapErr()).toMatchObject({ kind: 'evidence.unavailable', cause: { code: 'EACCES' } });
  });

  it('is refused when it cannot be a folder at all', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const refused = await openLedger({ folder: join(folder, 'file', 'ledger') });
    expect(refused._unsafeUnwrapErr()).toMatchObject({ kind: 'evidence.unavailable', cause: { code: 'ENOTDIR' } });
  });
});
