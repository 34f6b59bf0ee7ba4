/** A workflow's report for people: the answer, what was found, what went wrong, what to do next. */

import type { Finding, Next, Report, Severity } from '@meshclaw/core';
import { describe } from './describe.js';
import { quotedWord, visibleLine } from './escape.js';
import type { Printer } from './printer.js';
import { refusalLines } from './refusal-text.js';

/** The report as lines. */
export function reportLines(report: Report<unknown>, printer: Printer): readonly string[] {
  const { color } = printer;
  const data = report.status === 'failed' ? [] : describe(report.data, printer);
  const findings = report.findings.flatMap((finding) => findingLines(finding, printer));
  const problems = report.problems.flatMap(refusalLines);
  const next = report.next.map((one) => `  ${nextLine(one)}`);
  return [
    ...data,
    ...section(color.bold('findings'), findings),
    ...section(
      color.bold('problems'),
      problems.map((line) => `  ${line}`),
    ),
    ...section(color.bold('next'), next),
    ...(report.plan ? ['', `plan ${report.plan.id}: meshclaw plan show ${report.plan.id}`] : []),
    ...(report.status === 'ok' ? [] : ['', `status: ${report.status}`]),
  ];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

function findingLines({ id, target, severity, title, detail, evidence }: Finding, printer: Printer): readonly string[] {
  const proof = evidence.length === 0 ? '' : `   evidence ${evidence.join(', ')}`;
  const head = visibleLine(`${target}: ${title} (${id})${proof}`);
  return [`  ${colored(severity, printer)}  ${head}`, ...(detail === '' ? [] : [`      ${visibleLine(detail)}`])];
}

function colored(severity: Severity, { color }: Printer): string {
  const shown = severity.padEnd(8);
  return severity === 'critical' || severity === 'high'
    ? color.red(shown)
    : severity === 'medium'
      ? color.yellow(shown)
      : shown;
}

function nextLine({ operation, target, input, why, effect }: Next): string {
  const words = Object.entries((input ?? {}) as Record<string, unknown>).map(([key, value]) =>
    quotedWord(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
  );
  return `meshclaw perform ${operation} ${quotedWord(target)} ${words.join(' ')}   # ${effect}: ${visibleLine(why)}`;
}
