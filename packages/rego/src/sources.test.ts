import { afterAll, describe, expect, it } from 'vitest';
import { AUTHZ, FILES, firstDiagnostic, LIMITS, one, unwrap } from './_testing/policy.js';
import { createRego } from './index.js';

const rego = createRego();
afterAll(() => rego.close());

describe('fmt', () => {
  it('formats, says what changed and changes nothing the second time', async () => {
    const files = [
      LIMITS,
      { path: 'ugly.rego', text: 'package ugly\nx   :=  {"a":1,\n"b":2}\n# a note\ny if{x.a==1}' },
    ];
    const first = unwrap(await rego.fmt({ files }));
    expect(first.map(({ path, changed }) => [path, changed])).toEqual([
      [LIMITS.path, false],
      ['ugly.rego', true],
    ]);
    expect(first[1]?.text).toContain('# a note\ny if x.a == 1\n');
    const second = unwrap(await rego.fmt({ files: first.map(({ path, text }) => ({ path, text })) }));
    expect(second.map(({ text, changed }) => [text, changed])).toEqual(first.map(({ text }) => [text, false]));
  });

  it('formats nothing when one file does not parse', async () => {
    const answer = await rego.fmt({ files: [LIMITS, ...one('package p\n\nx := [1,,2]\n')] });
    expect(firstDiagnostic(answer)).toMatchObject({ code: 'rego_parse_error', file: 'a.rego', row: 3, column: 9 });
  });
});

describe('inspect', () => {
  it('gives the METADATA of packages and rules with their places', async () => {
    const { annotations } = unwrap(await rego.inspect({ files: FILES }));
    const place = { file: AUTHZ.path, entrypoint: false, labels: {} };
    expect(annotations).toEqual([
      {
        ...place,
        scope: 'package',
        path: 'data.shop.authz',
        row: 1,
        targetRow: 6,
        title: 'Orders',
        description: 'Who may see and change orders.',
        custom: { id: 'shop.authz' },
      },
      {
        ...place,
        scope: 'rule',
        path: 'data.shop.authz.decision',
        row: 10,
        targetRow: 14,
        title: 'The decision',
        custom: { severity: 'high' },
      },
    ]);
  });

  it('lists packages, imports and rules', async () => {
    const { modules } = unwrap(await rego.inspect({ files: FILES }));
    expect(modules.map(({ file, package: path, row }) => [file, path, row])).toEqual([
      [AUTHZ.path, 'data.shop.authz', 6],
      ['shop/authz/authz_test.rego', 'data.shop.authz_test', 1],
      [LIMITS.path, 'data.shop.limits', 1],
    ]);
    expect(modules[0]?.imports).toEqual([{ path: 'data.shop.limits', row: 8 }]);
    expect(modules[0]?.rules.map(({ name, kind, isDefault, row }) => [name, kind, isDefault, row])).toEqual([
      ['decision', 'complete', false, 14],
      ['id', 'complete', false, 16],
      ['effect', 'complete', true, 18],
      ['effect', 'complete', false, 20],
      ['effect', 'complete', false, 25],
    ]);
    expect(modules[2]?.rules).toMatchObject([{ path: 'data.shop.limits.small', kind: 'function', row: 3, endRow: 3 }]);
  });

  it('tells sets from objects and answers for rules that do not compile', async () => {
    const text = 'package p\n\nnames contains "a"\n\nages["a"] := 1\n\nbroken if nothing(1)\n';
    const { modules } = unwrap(await rego.inspect({ files: one(text) }));
    expect(modules[0]?.rules.map(({ kind }) => kind)).toEqual(['set', 'object', 'complete']);
  });

  it('refuses METADATA that is not YAML or not about anything, with its place', async () => {
    const invalid = await rego.inspect({ files: one('package p\n\n# METADATA\n# title: [\nx := 1\n') });
    expect(invalid).toMatchObject({ ok: false, error: { diagnostics: [{ file: 'a.rego', row: 4 }] } });
    const unknown = await rego.inspect({ files: one('package p\n\n# METADATA\n# scope: galaxy\nx := 1\n') });
    expect(unknown).toMatchObject({ ok: false, error: { kind: 'rego.invalid_policy' } });
  });
});

describe('parse', () => {
  it('gives the syntax tree of each file with locations', async () => {
    const [module] = unwrap(await rego.parse({ files: [LIMITS] }));
    expect(module).toMatchObject({ file: LIMITS.path, package: 'data.shop.limits' });
    expect(module?.ast).toMatchObject({
      package: { path: [{ value: 'data' }, { value: 'shop' }, { value: 'limits' }] },
      rules: [{ head: { name: 'small', location: { row: 3, col: 1 } }, body: [{ location: { row: 3, col: 18 } }] }],
    });
  });

  it('shows negation, so that a linter can find it', async () => {
    const [module] = unwrap(await rego.parse({ files: one('package p\n\nx if not input.a\n') }));
    expect(JSON.stringify(module?.ast)).toContain('"negated":true');
  });

  it('refuses what does not parse', async () => {
    const answer = await rego.parse({ files: one('package p\n\nx := )\n') });
    expect(firstDiagnostic(answer)).toMatchObject({ code: 'rego_parse_error', file: 'a.rego', row: 3, column: 6 });
  });
});
