import type { Finding, Refusal, Report, Severity } from '@meshclaw/core';
import { expect, test } from 'vitest';
import { codeOfRefusal, codeOfReport, codeOfSteps, EXIT } from './exit-code.js';

const about = { message: '', operation: 'file.stat', target: 'a', evidence: [] };
const unknown: Refusal = { ...about, kind: 'outcome_unknown', reason: '' };
const notSent: Refusal = { ...about, kind: 'not_sent', error: { kind: 'unreachable', message: '' } };
const refused = (why: 'frozen' | 'already_used' | 'unknown_plan'): Refusal => ({ ...about, kind: 'refused', why });

const finding = (severity: Severity): Finding => ({
  id: 'f',
  target: 'a',
  severity,
  title: '',
  detail: '',
  evidence: [],
});
const base = { workflow: 'w', run: 'r', targets: [], findings: [], problems: [], next: [], evidence: [] };
const findings = (severity: Severity): Report<unknown> => ({
  ...base,
  status: 'findings',
  data: {},
  findings: [finding(severity)],
});

test('an unknown outcome is 7, whatever else happened', () => {
  expect(codeOfRefusal(unknown)).toBe(EXIT.unknown);
  expect(codeOfReport({ ...base, status: 'partial', data: {}, problems: [unknown] }, 'medium')).toBe(EXIT.unknown);
  expect(
    codeOfSteps([
      { step: 0, state: 'done', output: {}, evidence: [] },
      { step: 1, state: 'unknown', refusal: unknown },
    ]),
  ).toBe(EXIT.unknown);
});

test('the engine’s own no is a denial, a usage error or not done', () => {
  expect(codeOfRefusal(refused('frozen'))).toBe(EXIT.denied);
  expect(codeOfRefusal(refused('already_used'))).toBe(EXIT.notDone);
  expect(codeOfRefusal(refused('unknown_plan'))).toBe(EXIT.usage);
});

test('findings count from the threshold on', () => {
  expect(codeOfReport(findings('medium'), 'medium')).toBe(EXIT.findings);
  expect(codeOfReport(findings('low'), 'medium')).toBe(EXIT.fine);
  expect(codeOfReport(findings('info'), 'info')).toBe(EXIT.findings);
});

test('a report that failed is never fine, not even without a problem', () => {
  expect(codeOfReport({ ...base, status: 'failed' }, 'medium')).toBe(EXIT.notDone);
  expect(codeOfReport({ ...base, status: 'failed', problems: [notSent] }, 'medium')).toBe(EXIT.notDone);
});

test('a plan of which some steps ran is partial', () => {
  const done = { step: 0, state: 'done', output: {}, evidence: [] } as const;
  expect(codeOfSteps([done])).toBe(EXIT.fine);
  expect(codeOfSteps([done, { step: 1, state: 'failed', refusal: notSent }, { step: 2, state: 'not_run' }])).toBe(
    EXIT.partial,
  );
  expect(codeOfSteps([{ step: 0, state: 'refused', refusal: refused('already_used') }])).toBe(EXIT.notDone);
});
