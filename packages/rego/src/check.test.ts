import { afterAll, describe, expect, it } from 'vitest';
import { DATA, diagnosticsOf, FILES, firstDiagnostic, one, unwrap } from './_testing/policy.js';
import { createRego, type SourceFile } from './index.js';

const rego = createRego();
afterAll(() => rego.close());

/** [what is wrong, the source, the code, the row, the column, a part of the message] */
const faults: readonly (readonly [string, string, string, number, number, string])[] = [
  ['a syntax error', 'package p\n\nx := 1 +* 2\n', 'rego_parse_error', 3, 9, 'unexpected'],
  ['an end of file in an object', 'package p\n\nx := {\n', 'rego_parse_error', 4, 1, 'unexpected eof'],
  ['a body without `if`', 'package p\n\nx { true }\n', 'rego_parse_error', 3, 1, '`if` keyword'],
  ['the import of a later language version', 'package p\n\nimport rego.v2\n', 'rego_parse_error', 3, 8, 'rego.v2'],
  ['an unknown function', 'package p\n\nx := nothing(1)\n', 'rego_type_error', 3, 6, 'nothing'],
  ['a built-in without evaluator', 'package p\n\nx := http.send({})\n', 'rego_type_error', 3, 6, 'http.send'],
  ['sprintf', 'package p\n\nx := sprintf("%d", [1])\n', 'rego_type_error', 3, 6, 'sprintf'],
  ['a clock', 'package p\n\nx if {\n\ttime.now_ns() > 0\n}\n', 'rego_type_error', 4, 2, 'time.now_ns'],
  ['a wrong argument type', 'package p\n\nx := count(1)\n', 'rego_type_error', 3, 6, 'count'],
  ['recursion', 'package p\n\nx if y\n\ny if x\n', 'rego_recursion_error', 3, 1, 'recursive'],
  ['an unsafe variable', 'package p\n\nx := y if true\n', 'rego_unsafe_var_error', 3, 6, 'y'],
  ['an unused variable', 'package p\n\nx if {\n\ty := 1\n}\n', 'rego_compile_error', 4, 2, 'unused'],
  ['an empty file', '', 'rego_parse_error', 1, 1, 'empty module'],
];

describe('check', () => {
  it('accepts sources and their tests', async () => {
    expect(unwrap(await rego.check({ files: FILES, data: DATA }))).toEqual({ files: 3 });
  });

  it.each(faults)('says where %s is', async (_what, text, code, row, column, message) => {
    const answer = await rego.check({ files: one(text) });
    const found = firstDiagnostic(answer);
    expect(found).toMatchObject({ code, file: 'a.rego', row, column });
    expect(found.message).toContain(message);
  });

  it('allows an unused variable when it is not strict', async () => {
    const files = one('package p\n\nx if {\n\ty := 1\n}\n');
    expect(unwrap(await rego.check({ files, strict: false }))).toEqual({ files: 1 });
  });

  it('reports the errors of all files, and more than ten', async () => {
    const files = Array.from(
      { length: 12 },
      (_, index): SourceFile => ({ path: `f${index}.rego`, text: 'package p\n\nx :=' }),
    );
    const answer = await rego.check({ files });
    expect(new Set(diagnosticsOf(answer).map(({ file }) => file)).size).toBe(12);
    const functions = Array.from({ length: 12 }, (_, index) => `x${index} := nothing(1)`).join('\n');
    const undefinedOnes = await rego.check({ files: one(`package p\n\n${functions}\n`) });
    expect(diagnosticsOf(undefinedOnes)).toHaveLength(12);
  });

  it('knows the keywords of Rego v1 without imports', async () => {
    const text = 'package p\n\nnames contains n if {\n\tevery n in input.all { n != "" }\n\tsome n in input.all\n}\n';
    expect(unwrap(await rego.check({ files: one(text) }))).toEqual({ files: 1 });
  });

  it('takes other built-ins for one call and for all calls', async () => {
    const files = one('package p\n\nx := sprintf("%d", [1])\n');
    expect((await rego.check({ files, builtins: 'all' })).ok).toBe(true);
    expect((await rego.check({ files, builtins: ['assign', 'eq', 'sprintf'] })).ok).toBe(true);
    const lenient = createRego({ builtins: 'all' });
    expect((await lenient.check({ files })).ok).toBe(true);
    await lenient.close();
    expect(await rego.check({ files, builtins: ['sprintfoo'] })).toMatchObject({
      ok: false,
      error: { kind: 'rego.invalid_request', detail: 'this OPA has no built-in named "sprintfoo"' },
    });
  });
});
