import { afterAll, describe, expect, it } from 'vitest';
import { AUTHZ, AUTHZ_TEST, DATA, FILES, LIMITS, one, unwrap } from './_testing/policy.js';
import { createRego, type Range, type SourceFile } from './index.js';

const rego = createRego();
afterAll(() => rego.close());

describe('test', () => {
  it('reports every test with its place, outcome and output', async () => {
    const { tests, coverage } = unwrap(await rego.test({ files: FILES, data: DATA }));
    const package_ = 'data.shop.authz_test';
    const file = AUTHZ_TEST.path;
    expect(tests.map(({ name, outcome, row }) => [name, outcome, row])).toEqual([
      ['test_reads', 'passed', 5],
      ['test_writes', 'failed', 7],
      ['test_conflicts', 'errored', 12],
      ['todo_test_refunds', 'skipped', 19],
      ['test_table', 'failed', 21],
    ]);
    expect(tests.every((test) => test.package === package_ && test.file === file)).toBe(true);
    expect(tests[0]).toMatchObject({ output: 'read by ann\n', durationMs: expect.any(Number) as number });
    expect(coverage).toBeUndefined();
  });

  it('says which case of a table failed', async () => {
    const { tests } = unwrap(await rego.test({ files: FILES, data: DATA, filter: 'test_table' }));
    expect(tests).toHaveLength(1);
    expect(tests[0]?.cases).toEqual([
      { path: ['large'], outcome: 'failed' },
      { path: ['small'], outcome: 'passed' },
    ]);
  });

  it('gives the error of a test that could not be evaluated', async () => {
    const { tests } = unwrap(await rego.test({ files: FILES, data: DATA, filter: 'test_conflicts' }));
    expect(tests[0]?.error).toMatchObject({ code: 'eval_conflict_error', file: AUTHZ_TEST.path });
  });

  it('traces a failure to the expressions that were false, with their values', async () => {
    const { tests } = unwrap(await rego.test({ files: FILES, data: DATA, filter: 'test_writes' }));
    const failed = tests[0]?.trace?.events.filter(({ op, node }) => op === 'fail' && node === 'expression') ?? [];
    expect(failed.map(({ file, row, text }) => [file, row, text])).toEqual(
      expect.arrayContaining([
        [LIMITS.path, 3, 'amount < data.settings.largest'],
        [AUTHZ_TEST.path, 9, 'effect == "ask"'],
      ]),
    );
    expect(failed.find(({ file }) => file === LIMITS.path)?.values).toMatchObject({ amount: 900 });
    expect(failed.find(({ row }) => row === 9)?.values).toEqual({ effect: 'deny' });
  });

  it('keeps traces short, and none when they are off', async () => {
    const input = { files: FILES, data: DATA, filter: 'test_writes' };
    const [cut] = unwrap(await rego.test({ ...input, trace: 'full', traceLimit: 3 })).tests;
    expect(cut?.trace?.events).toHaveLength(3);
    expect(cut?.trace?.dropped).toBeGreaterThan(0);
    const [off] = unwrap(await rego.test({ ...input, trace: 'off' })).tests;
    expect(off?.trace).toBeUndefined();
  });

  it('compiles rego.metadata and print in tests', async () => {
    const text =
      'package p\n\n# METADATA\n# title: T\ntest_title if {\n\tprint("title")\n\trego.metadata.rule().title == "T"\n}\n';
    const { tests } = unwrap(await rego.test({ files: one(text) }));
    expect(tests).toMatchObject([{ outcome: 'passed', output: 'title\n' }]);
  });

  it('refuses tests that do not compile and filters that are no regular expression', async () => {
    const answer = await rego.test({ files: one('package p\n\ntest_x if time.now_ns() > 0\n') });
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'rego.invalid_policy', diagnostics: [{ row: 3, column: 11 }] },
    });
    expect(await rego.test({ files: FILES, filter: '(' })).toMatchObject({ error: { kind: 'rego.invalid_request' } });
  });
});

describe('coverage', () => {
  const rule: SourceFile = {
    path: 'p.rego',
    text: 'package p\n\nx if input.a\n\ny if {\n\tinput.b\n\tinput.c\n}\n',
  };
  const half: SourceFile = { path: 'p_test.rego', text: 'package p_test\n\ntest_x if data.p.x with input.a as true\n' };

  const stretch = (row: number, from: number, to: number): Range => ({
    start: { row, column: from },
    end: { row, column: to },
  });

  it('tells the lines that no test reached', async () => {
    const { coverage } = unwrap(await rego.test({ files: [rule, half], coverage: true }));
    expect(coverage?.files['p.rego']).toEqual({
      percent: 25,
      coveredLines: 1,
      notCoveredLines: 3,
      covered: [stretch(3, 1, 2), stretch(3, 6, 13)],
      notCovered: [stretch(5, 1, 2), stretch(6, 2, 9), stretch(7, 2, 9)],
    });
    expect(coverage).toMatchObject({ percent: 40, coveredLines: 2, notCoveredLines: 3 });
  });

  it('does not round', async () => {
    const rules = Array.from({ length: 6 }, (_, index) => `r${index} if input.v == ${index}\n`).join('\n');
    const tests = 'package p_test\n\ntest_r if data.p.r0 with input.v as 0\n';
    const files = [
      { path: 'p.rego', text: `package p\n\n${rules}` },
      { path: 'p_test.rego', text: tests },
    ];
    const { coverage } = unwrap(await rego.test({ files, coverage: true }));
    expect(coverage?.files['p.rego']?.percent).toBe(100 / 6);
    expect(coverage?.percent).toBe(200 / 7);
  });

  it('is the same whether tests fail or pass', async () => {
    const fails = { ...half, text: half.text.replace('as true', 'as false') };
    const { tests, coverage } = unwrap(await rego.test({ files: [rule, fails], coverage: true }));
    expect(tests).toMatchObject([{ outcome: 'failed', trace: { dropped: 0 } }]);
    expect(coverage?.files['p.rego']?.covered).toEqual([stretch(3, 6, 13)]);
    expect(coverage?.files['p.rego']?.notCovered[0]).toEqual(stretch(3, 1, 2));
  });

  it('names files as they were given', async () => {
    const { coverage } = unwrap(await rego.test({ files: FILES, data: DATA, coverage: true }));
    expect(Object.keys(coverage?.files ?? {}).sort()).toEqual([AUTHZ.path, AUTHZ_TEST.path, LIMITS.path].sort());
  });
});
