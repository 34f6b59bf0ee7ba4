import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { workerUrl } from './worker-url.js';

const run = promisify(execFile);
const root = new URL('../', import.meta.url);
const read = (path: string): Buffer => readFileSync(new URL(path, root));
const manifest = JSON.parse(read('package.json').toString()) as Record<string, unknown>;

describe('the built package', () => {
  it('lets the process end without close, prints nothing and answers', async () => {
    const script = `
      import { createRego } from ${JSON.stringify(new URL('dist/index.js', root).href)};
      const answer = await createRego().check({ files: [{ path: 'p.rego', text: 'package p\\n' }] });
      process.exitCode = answer.ok && answer.value.files === 1 ? 42 : 1;
    `;
    const ended = run(process.execPath, ['--input-type=module', '-e', script], { timeout: 25_000 });
    await expect(ended).rejects.toMatchObject({ code: 42, stdout: '', stderr: '' });
  });

  it('finds its worker beside itself and, from the sources, among the built files', () => {
    expect(workerUrl('file:///p/dist/chunk.js').href).toBe('file:///p/dist/worker.js');
    expect(workerUrl('file:///p/src/worker-url.ts').href).toBe('file:///p/dist/worker.js');
  });

  it('has no dependencies and ships the compiler, its digest and the licences', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest.files).toEqual([
      'dist',
      '!dist/.tsbuildinfo',
      'compiler/regoc.wasm.br',
      'compiler/regoc.wasm.sha256',
      'compiler/THIRD_PARTY_LICENSES',
      'NOTICE',
      'README.md',
    ]);
    expect(read('compiler/THIRD_PARTY_LICENSES').toString()).toContain('github.com/open-policy-agent/opa v1.22.2');
  });

  it('ships the module whose digest is recorded', () => {
    const raw = brotliDecompressSync(read('compiler/regoc.wasm.br'));
    const digest = createHash('sha256').update(raw).digest('hex');
    expect(read('compiler/regoc.wasm.sha256').toString()).toBe(`${digest}  regoc.wasm\n`);
  });
});
