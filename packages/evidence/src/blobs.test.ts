import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, temporaryLedger } from './_testing/temporary.js';

async function ledgerWithBlob() {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const output = Buffer.from('a long output \u0000\n'.repeat(500));
  const sha256 = sha256Hex(output);
  const append = () => ledger.append([{ type: 'execution.finished', body: 1, blobs: { stdout: output } }]);
  (await append())._unsafeUnwrap();
  return { ledger, folder, output, sha256, append, path: join(folder, 'blobs', sha256.slice(0, 2), sha256) };
}

describe('a blob', () => {
  it('is kept once beside the ledger, and the record says digest and size', async () => {
    const { ledger, output, sha256, append, path, folder } = await ledgerWithBlob();
    (await append())._unsafeUnwrap();
    const [first] = (await ledger.find({ types: ['execution.finished'], limit: 1 }))._unsafeUnwrap();
    expect(first?.blobs).toEqual({ stdout: { sha256, size: output.length } });
    expect(readFileSync(path).equals(output)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'blobs', sha256.slice(0, 2)))).toEqual([sha256]);
  });

  it('is read back as it was stored', async () => {
    const { ledger, output, sha256 } = await ledgerWithBlob();
    expect(Buffer.from((await ledger.readBlob(sha256))._unsafeUnwrap()).equals(output)).toBe(true);
  });

  it('may be erased: it is absent then, and the ledger is whole', async () => {
    const { ledger, sha256, path } = await ledgerWithBlob();
    rmSync(path);
    expect((await ledger.readBlob(sha256))._unsafeUnwrapErr().kind).toBe('evidence.blob_absent');
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  it('that is old is erased when asked, and what records say of it can still be proved', async () => {
    const { ledger, sha256, path, append } = await ledgerWithBlob();
    const lastYear = new Date(Date.now() - 365 * 86_400_000);
    const cut = new Date(Date.now() - 86_400_000).toISOString();
    expect((await ledger.pruneBlobs(cut))._unsafeUnwrap()).toMatchObject({ erased: 0, kept: 1 });
    utimesSync(path, lastYear, lastYear);
    expect((await ledger.pruneBlobs(cut))._unsafeUnwrap()).toMatchObject({ erased: 1, kept: 0 });
    expect((await ledger.readBlob(sha256))._unsafeUnwrapErr().kind).toBe('evidence.blob_absent');
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
    expect((await ledger.proveInclusion(1))._unsafeUnwrap()).toContain('index 1\n');
    (await append())._unsafeUnwrap();
    expect((await ledger.readBlob(sha256)).isOk()).toBe(true);
    expect((await ledger.pruneBlobs('soon'))._unsafeUnwrapErr().kind).toBe('evidence.prune_failed');
  });

  it('that was changed is never handed out, and is named', async () => {
    const { ledger, sha256, path, append } = await ledgerWithBlob();
    writeFileSync(path, 'something else');
    expect((await ledger.readBlob(sha256))._unsafeUnwrapErr().kind).toBe('evidence.blob_damaged');
    expect((await ledger.verify())._unsafeUnwrap().defects).toMatchObject([{ kind: 'bad_blob', index: 1 }]);
    (await append())._unsafeUnwrap();
    expect((await ledger.readBlob(sha256)).isOk()).toBe(true);
  });

  it('is asked for by digest only', async () => {
    const { ledger } = await ledgerWithBlob();
    const refused = await ledger.readBlob('../../keys/ledger.ed25519');
    expect(refused._unsafeUnwrapErr().kind).toBe('evidence.blob_absent');
  });
});
