import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createRego, type Version } from './index.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rego-artifact-'));
});
afterAll(() => rm(root, { recursive: true }));

/** The head of every WebAssembly module; by itself a valid module that exports nothing. */
const EMPTY_MODULE = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Asks a compiler whose folder has this content. */
async function ask(packed: Buffer | undefined, digest: string | undefined): Promise<Answer<Version>> {
  const folder = await mkdtemp(join(root, 'folder-'));
  if (packed !== undefined) await writeFile(join(folder, 'regoc.wasm.br'), packed);
  if (digest !== undefined) await writeFile(join(folder, 'regoc.wasm.sha256'), `${digest}  regoc.wasm\n`);
  const rego = createRego({ artifactFolder: pathToFileURL(`${folder}/`) });
  const answer = await rego.version();
  await rego.close();
  return answer;
}

describe('the compiler module', () => {
  it('is refused when its digest is not the recorded one', async () => {
    const expectedDigest = digestOf(Buffer.from('another module'));
    expect(await ask(brotliCompressSync(EMPTY_MODULE), expectedDigest)).toMatchObject({
      ok: false,
      error: { kind: 'rego.compiler_corrupt', expectedDigest, actualDigest: digestOf(EMPTY_MODULE) },
    });
  });

  it('is refused when the recorded digest is empty', async () => {
    const answer = await ask(brotliCompressSync(EMPTY_MODULE), '');
    expect(answer).toMatchObject({ ok: false, error: { kind: 'rego.compiler_corrupt' } });
  });

  it('is unavailable when a file is missing, damaged or no module', async () => {
    const unavailable = { ok: false, error: { kind: 'rego.compiler_unavailable' } };
    expect(await ask(undefined, digestOf(EMPTY_MODULE))).toMatchObject(unavailable);
    expect(await ask(brotliCompressSync(EMPTY_MODULE), undefined)).toMatchObject(unavailable);
    expect(await ask(Buffer.from('not brotli'), digestOf(EMPTY_MODULE))).toMatchObject(unavailable);
    const text = Buffer.from('no module');
    expect(await ask(brotliCompressSync(text), digestOf(text))).toMatchObject(unavailable);
  });

  it('is reported as crashed when it dies, each time anew', async () => {
    const folder = await mkdtemp(join(root, 'folder-'));
    await writeFile(join(folder, 'regoc.wasm.br'), brotliCompressSync(EMPTY_MODULE));
    await writeFile(join(folder, 'regoc.wasm.sha256'), digestOf(EMPTY_MODULE));
    const rego = createRego({ artifactFolder: pathToFileURL(`${folder}/`) });
    for (const answer of [await rego.version(), await rego.version()]) {
      expect(answer).toMatchObject({ ok: false, error: { kind: 'rego.crashed' } });
    }
    await rego.close();
  });
});
