import { describe, expect, it } from 'vitest';
import { encodeRequest } from './request.js';

const file = (path: string, text = 'package p\n'): { path: string; text: string } => ({ path, text });

/** What is malformed in a request with these files, or undefined. */
function problemWith(files: readonly { path: string; text: string }[], fields: object = {}): string | undefined {
  const answer = encodeRequest({ operation: 'check', files, ...fields }, 1_000);
  return answer.ok || answer.error.kind !== 'rego.invalid_request' ? undefined : answer.error.detail;
}

describe('encodeRequest', () => {
  it.each(['/a.rego', 'a//b.rego', '../a.rego', './a.rego', 'a\\b.rego', '', 'a/'])('refuses the path %j', (path) => {
    expect(problemWith([file(path)])).toContain('not a relative path');
  });

  it('refuses two files with one path', () => {
    expect(problemWith([file('a.rego'), file('a.rego')])).toContain('two files');
  });

  it('refuses a surrogate that stands alone, wherever it is', () => {
    expect(problemWith([file('a.rego', 'package p # \ud800')])).toContain('well-formed');
    expect(problemWith([file('a\udfff.rego')])).toContain('well-formed');
    expect(problemWith([], { data: { name: 'x\ud83d' } })).toContain('well-formed');
  });

  it('accepts whole characters and texts that only look like an escaped surrogate', () => {
    expect(problemWith([file('ä/😀.rego', 'package p # 😀 \\ud800 \\\\ud800')])).toBeUndefined();
  });

  it('refuses what JSON cannot hold', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(problemWith([], { data: circle })).toContain('JSON');
    expect(problemWith([], { data: { big: 1n } })).toContain('JSON');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('refuses a limit of %d ms', (limit) => {
    expect(encodeRequest({ operation: 'check' }, limit)).toMatchObject({ error: { kind: 'rego.invalid_request' } });
  });

  it('refuses sources beyond the size that the compiler is given', () => {
    expect(problemWith([file('a.rego', '#'.repeat(17 * 1024 * 1024))])).toContain('larger');
  });
});
