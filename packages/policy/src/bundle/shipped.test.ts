import { readdirSync, readFileSync } from 'node:fs';
import { sha256Hex, wireDecisionSchema, wireRequestSchema } from '@meshclaw/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEFAULT_PACK, PACKS } from '../packs/index.js';
import { loadModule } from '../pdp/evaluator.js';
import { type PolicyBundle, parseBundle } from './bundle.js';
import { type CompiledFiles, compileBundle } from './compile.js';
import { layerParameters, parameterValues, parseBaseParameters } from './parameters.js';
import { loadShippedBundle, loadShippedSources } from './shipped.js';

const policies = new URL('../../../../policies/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, policies), 'utf8');
const shipped = loadShippedSources();
const bundle = loadShippedBundle() as PolicyBundle;

describe('the shipped bundle', () => {
  let compiled: CompiledFiles;
  beforeAll(async () => {
    const base = parseBaseParameters(shipped.parameters);
    const layered = layerParameters(base, shipped.packs[DEFAULT_PACK] ?? '', 'pack')._unsafeUnwrap();
    compiled = (await compileBundle({ ...shipped, parameters: parameterValues(layered) }))._unsafeUnwrap();
  });

  it('is made of the sources in the repository', () => {
    const modules = readdirSync(new URL('meshclaw/', policies), { recursive: true })
      .map((path) => `meshclaw/${String(path)}`)
      .filter((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'))
      .sort();
    expect(shipped.modules).toEqual(modules.map((path) => ({ path, text: read(path) })));
    expect(shipped.parameters).toBe(read('data/parameters.yaml'));
    expect(shipped.operations).toEqual(JSON.parse(read('data/operations.gen.json')));
    expect(shipped.packs).toEqual(
      Object.fromEntries(PACKS.map((name) => [name, read(`packs/${name}/parameters.yaml`)])),
    );
  });

  it('has the very bytes that its sources compile to', () => {
    expect(sha256Hex(compiled.wasm)).toBe(sha256Hex(bundle.wasm));
    expect(sha256Hex(compiled.data)).toBe(bundle.manifest.data_sha256);
    expect(sha256Hex(compiled.manifest)).toBe(bundle.digest);
  });

  it('loads, which takes a module without any built-in of a host', async () => {
    await expect(loadModule(bundle.wasm, bundle.data, bundle.manifest.entrypoint)).resolves.toBeDefined();
  });

  it('is not read when one of its files is another one', () => {
    const { wasm, data, manifest } = compiled;
    expect(parseBundle({ wasm: wasm.subarray(1), data, manifest })).toHaveProperty('problem');
    expect(parseBundle({ wasm, data: data.replace('read', 'real'), manifest })).toHaveProperty('problem');
    expect(parseBundle({ wasm, data, manifest: manifest.replace('{', '{"more":1,') })).toHaveProperty('problem');
    expect(parseBundle({ wasm, data, manifest: '' })).toHaveProperty('problem');
  });
});

describe('the published schemas', () => {
  it.each([
    ['request', wireRequestSchema],
    ['decision', wireDecisionSchema],
  ])('are the ones that are checked: %s', (name, schema) => {
    expect(JSON.parse(read(`schemas/${name}.gen.json`))).toEqual(z.toJSONSchema(schema));
  });
});
