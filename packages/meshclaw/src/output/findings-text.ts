/** Findings of policy tools in every form they are asked for. */

import { byPlace, type PolicyFinding, type SarifRule, sarifLog } from '@meshclaw/policy/tools';
import type { Format } from '../cli/policy-options.js';
import { VERSION } from '../commands/help.gen.js';
import { visibleLine } from './escape.js';
import type { Printer } from './printer.js';

/** One finding a line, as editors and people read it. */
export const findingLine = ({ file, row, column, level, rule, message }: PolicyFinding): string =>
  visibleLine(`${file}:${row}:${column} ${level} ${rule}: ${message}`);

/** Prints findings as text, JSON or SARIF. */
export function printFindings(
  printer: Printer,
  format: Format,
  findings: readonly PolicyFinding[],
  rules: readonly SarifRule[],
): void {
  if (format === 'sarif') printer.line(sarifLog(VERSION, rules, findings));
  else if (format === 'json') printer.line({ findings });
  else for (const finding of byPlace(findings)) printer.text(findingLine(finding));
}
