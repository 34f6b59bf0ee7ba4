import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { hostBuiltins } from './_testing/evaluator.js';
import { AUTHZ, AUTHZ_TEST, DATA, ENTRYPOINT, FILES, LIMITS, one, unwrap } from './_testing/policy.js';
import { type Built, createRego } from './index.js';

const rego = createRego();
afterAll(() => rego.close());

async function evaluate(built: Built, input: unknown, entrypoint: string = ENTRYPOINT): Promise<unknown> {
  const policy = await loadPolicy(built.wasm);
  policy.setData(JSON.parse(built.dataJson) as object);
  return policy.evaluate(input, entrypoint);
}

describe('build', () => {
  it('makes a module that an evaluator answers from', async () => {
    const built = unwrap(await rego.build({ files: FILES, data: DATA, entrypoints: [ENTRYPOINT] }));
    const allowed = { effect: 'allow', id: 'shop.authz', text: 'ann wants to read' };
    expect(await evaluate(built, { verb: 'read', user: 'ann' })).toEqual([{ result: allowed }]);
    const asked = { effect: 'ask', id: 'shop.authz', text: 'bob wants to write' };
    expect(await evaluate(built, { verb: 'write', user: 'bob', amount: 99 })).toEqual([{ result: asked }]);
    const denied = { effect: 'deny', id: 'shop.authz', text: 'bob wants to write' };
    expect(await evaluate(built, { verb: 'write', user: 'bob', amount: 100 })).toEqual([{ result: denied }]);
  });

  it('makes a module that asks its host for nothing and answers exactly the entrypoints', async () => {
    const entrypoints = [ENTRYPOINT, 'shop/authz/effect'];
    const built = unwrap(await rego.build({ files: FILES, data: DATA, entrypoints }));
    const policy = await loadPolicy(built.wasm);
    expect(await hostBuiltins(built.wasm)).toEqual([]);
    expect(Object.keys(policy.entrypoints).sort()).toEqual(entrypoints);
    expect(await evaluate(built, { verb: 'read' }, 'shop/authz/effect')).toEqual([{ result: 'allow' }]);
    expect(built.entrypoints).toEqual(entrypoints);
  });

  it('gives the same bytes for the same sources, in any order and in any instance', async () => {
    const other = createRego();
    const input = { data: DATA, entrypoints: [ENTRYPOINT] };
    const first = unwrap(await rego.build({ ...input, files: FILES }));
    const again = unwrap(await rego.build({ ...input, files: [...FILES].reverse() }));
    const elsewhere = unwrap(await other.build({ ...input, files: FILES }));
    await other.close();
    expect(Buffer.compare(first.wasm, again.wasm)).toBe(0);
    expect(Buffer.compare(first.wasm, elsewhere.wasm)).toBe(0);
    expect(first.dataJson).toBe(again.dataJson);
  });

  it('leaves test files out, even broken ones', async () => {
    const broken = { path: 'shop/broken_test.rego', text: 'package shop.broken_test\n\ntest_x if {' };
    const entrypoints = [ENTRYPOINT];
    const built = unwrap(await rego.build({ files: [AUTHZ, LIMITS, AUTHZ_TEST, broken], entrypoints }));
    const without = unwrap(await rego.build({ files: [AUTHZ, LIMITS], entrypoints }));
    expect(built.files).toEqual([AUTHZ.path, LIMITS.path]);
    expect(Buffer.compare(built.wasm, without.wasm)).toBe(0);
  });

  it('returns data as text with sorted keys', async () => {
    const data = { b: { z: 1, a: [true, null] }, a: 'ä<' };
    const built = unwrap(await rego.build({ files: one('package p\n\nx := 1\n'), data, entrypoints: ['p/x'] }));
    expect(JSON.parse(built.dataJson)).toEqual(data);
    expect(built.dataJson.indexOf('"a"')).toBeLessThan(built.dataJson.indexOf('"b"'));
  });

  it('refuses an entrypoint that no rule answers', async () => {
    const answer = await rego.build({ files: FILES, entrypoints: ['shop/authz/verdict'] });
    expect(answer).toMatchObject({
      ok: false,
      error: {
        kind: 'rego.invalid_policy',
        diagnostics: [{ message: expect.stringContaining('"shop/authz/verdict"') as string }],
      },
    });
  });

  it('refuses to build for no entrypoint at all', async () => {
    const answer = await rego.build({ files: FILES, entrypoints: [] });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'rego.invalid_request' } });
  });

  it('refuses a rule in the place of data', async () => {
    const data = { shop: { authz: { effect: 'allow' } } };
    const answer = await rego.build({ files: FILES, data, entrypoints: [ENTRYPOINT] });
    expect(answer).toMatchObject({
      ok: false,
      error: {
        kind: 'rego.invalid_policy',
        diagnostics: expect.arrayContaining([expect.objectContaining({ file: AUTHZ.path })]) as unknown,
      },
    });
  });

  it('refuses a direct call of what only the interpreter has', async () => {
    const files = one('package p\n\nx if internal.test_case(["a"])\n');
    const answer = await rego.build({ files, entrypoints: ['p/x'] });
    expect(answer).toMatchObject({ ok: false, error: { diagnostics: [{ file: 'a.rego', row: 3, column: 6 }] } });
  });
});
