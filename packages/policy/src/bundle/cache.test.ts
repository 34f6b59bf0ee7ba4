import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCached, writeCached } from './cache.js';
import { type CompiledFiles, compileBundle } from './compile.js';
import { loadShippedSources } from './shipped.js';

const input = { ...loadShippedSources(), parameters: {} };
let compiled: CompiledFiles;
let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshclaw-cache-'));
  compiled ??= (await compileBundle(input))._unsafeUnwrap();
  writeCached(folder, 'key', compiled);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the cache of compiled policies', () => {
  it('answers what was stored, and leaves no half files', () => {
    expect(readCached(folder, 'key', input)._unsafeUnwrap()?.wasm).toEqual(Buffer.from(compiled.wasm));
    expect(readdirSync(folder).sort()).toEqual(['key.data', 'key.manifest', 'key.wasm']);
  });

  it('answers nothing for another key, and nothing where there is none', () => {
    expect(readCached(folder, 'other', input)._unsafeUnwrap()).toBeUndefined();
    expect(readCached(join(folder, 'no'), 'key', input)._unsafeUnwrap()).toBeUndefined();
  });

  it.each(['wasm', 'data', 'manifest'])('answers nothing when its %s was changed', (part) => {
    const path = join(folder, `key.${part}`);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(readCached(folder, 'key', input)._unsafeUnwrap()).toBeUndefined();
  });

  it('answers nothing when it was made of other sources or parameters', () => {
    const [first, ...rest] = input.modules;
    const changed = [{ path: first?.path ?? '', text: `${first?.text ?? ''}\n` }, ...rest];
    expect(readCached(folder, 'key', { ...input, modules: changed })._unsafeUnwrap()).toBeUndefined();
    expect(readCached(folder, 'key', { ...input, modules: rest })._unsafeUnwrap()).toBeUndefined();
    expect(readCached(folder, 'key', { ...input, parameters: { a: 1 } })._unsafeUnwrap()).toBeUndefined();
  });

  it.each([
    ['the folder', ''],
    ['a file', 'key.wasm'],
  ])('is refused when others may write to %s', (_, name) => {
    chmodSync(join(folder, name), 0o777);
    expect(readCached(folder, 'key', input)._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.unsafe_permissions',
      path: expect.stringContaining(folder),
    });
  });
});
