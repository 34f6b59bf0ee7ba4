import { afterAll, describe, expect, it } from 'vitest';
import { AUTHZ, DATA, FILES, LIMITS, one, unwrap } from './_testing/policy.js';
import { createRego } from './index.js';

const rego = createRego();
afterAll(() => rego.close());

describe('eval', () => {
  it('answers a query over sources, data and input', async () => {
    const answer = unwrap(
      await rego.eval({
        files: FILES,
        data: DATA,
        query: 'data.shop.authz.effect',
        input: { verb: 'write', amount: 5 },
      }),
    );
    expect(answer).toEqual({ results: [{ values: ['ask'], bindings: {} }], builtinErrors: [], output: '' });
  });

  it('gives one row for each way the query holds, and none when it is undefined', async () => {
    const many = unwrap(await rego.eval({ files: [], query: 'some x in [1, 2]; y := x * 10' }));
    expect(many.results.map(({ bindings }) => bindings)).toEqual([
      { x: 1, y: 10 },
      { x: 2, y: 20 },
    ]);
    expect(unwrap(await rego.eval({ files: [], query: 'input.missing' })).results).toEqual([]);
  });

  it('explains which expression was false, and what it saw', async () => {
    const input = { verb: 'write', user: 'bob', amount: 100 };
    const query = 'data.shop.authz.effect';
    const answer = unwrap(await rego.eval({ files: FILES, data: DATA, query, input, trace: 'fails' }));
    expect(answer.results[0]?.values).toEqual(['deny']);
    const failed = answer.trace?.events.filter(({ op }) => op === 'fail') ?? [];
    expect(failed).toContainEqual(
      expect.objectContaining({
        file: LIMITS.path,
        row: 3,
        text: 'amount < data.settings.largest',
        values: { amount: 100 },
      }),
    );
    const entered = answer.trace?.events.filter(({ op, node }) => op === 'enter' && node === 'rule') ?? [];
    expect(entered.map(({ rule }) => rule)).toContain('data.shop.limits.small');
  });

  it('tells every step when asked, with values of the input', async () => {
    const input = { verb: 'read', user: 'ann' };
    const query = 'data.shop.authz.effect';
    const answer = unwrap(await rego.eval({ files: FILES, query, input, trace: 'full' }));
    expect(answer.output).toBe('read by ann\n');
    const step = answer.trace?.events.find(({ op, row, file }) => op === 'eval' && row === 21 && file === AUTHZ.path);
    expect(step).toMatchObject({ text: 'input.verb == "read"', values: { 'input.verb': 'read' } });
  });

  it('lists the errors of built-ins that made an expression undefined', async () => {
    const files = one('package p\n\nx := to_number(input)\n');
    const answer = unwrap(await rego.eval({ files, query: 'data.p.x', input: 'zz' }));
    expect(answer.results).toEqual([]);
    expect(answer.builtinErrors).toMatchObject([{ code: 'eval_builtin_error', file: 'a.rego', row: 3, column: 6 }]);
  });

  it('returns a conflict as a failed evaluation', async () => {
    const files = one('package p\n\nx := 1\n\nx := 2 if input.two\n');
    const answer = await rego.eval({ files, query: 'data.p.x', input: { two: true } });
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'rego.evaluation_failed', diagnostics: [{ code: 'eval_conflict_error', file: 'a.rego', row: 5 }] },
    });
  });

  it('refuses a query that does not parse or uses a banned built-in', async () => {
    expect(await rego.eval({ files: [], query: 'x := ' })).toMatchObject({ error: { kind: 'rego.invalid_policy' } });
    expect(await rego.eval({ files: [], query: 'http.send({})' })).toMatchObject({
      error: { kind: 'rego.invalid_policy', diagnostics: [{ message: 'undefined function http.send' }] },
    });
  });

  it('takes null, false and zero as inputs', async () => {
    for (const input of [null, false, 0, '']) {
      const answer = unwrap(await rego.eval({ files: [], query: 'x := input', input }));
      expect(answer.results[0]?.bindings).toEqual({ x: input });
    }
  });
});
