import { describe, expect, it } from 'vitest';
import { toProblem } from './problem.js';
import { createRedactor } from './redaction/redactor.js';

describe('an error that leaves the process', () => {
  it('keeps its kind and facts, drops causes at every depth and masks secrets', () => {
    const cause = new Error('inner');
    const error = {
      kind: 'not_sent',
      message: 'nothing was sent',
      cause,
      error: { kind: 'unreachable', message: 'password=hunter2hunter2', cause },
      big: Number.NaN,
    };
    const problem = toProblem(error, createRedactor());
    expect(problem.facts).toEqual({
      error: { kind: 'unreachable', message: 'password=[redacted:assigned-secret]' },
      big: 'NaN',
    });
    expect(JSON.stringify(problem)).not.toContain('inner');
  });
});
