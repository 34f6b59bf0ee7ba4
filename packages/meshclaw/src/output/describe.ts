/** Any data as text: facts as lines, lists of like objects as tables, the rest indented. */

import { visibleLine } from './escape.js';
import type { Printer } from './printer.js';
import { table } from './table.js';

const MOST_COLUMNS = 8;

/** Lines that show a JSON value to a person. */
export function describe(value: unknown, printer: Printer, indent = ''): readonly string[] {
  if (Array.isArray(value)) return describeList(value, printer, indent);
  if (value === null || typeof value !== 'object') return [`${indent}${scalar(value)}`];
  return Object.entries(value).flatMap(([key, item]) => {
    const label = labelOf(key);
    if (isText(item)) return [`${indent}${label}:`, ...textLines(item, indent)];
    if (isScalar(item)) return [`${indent}${label}: ${scalar(item)}`];
    const inner = describe(item, printer, `${indent}  `);
    return inner.length === 0 ? [`${indent}${label}: none`] : [`${indent}${label}:`, ...inner];
  });
}

function describeList(items: readonly unknown[], printer: Printer, indent: string): readonly string[] {
  if (items.length === 0) return [];
  if (items.every(isScalar)) return items.map((item) => `${indent}${scalar(item)}`);
  const columns = [...new Set(items.flatMap((item) => (isPlain(item) ? Object.keys(item) : [])))];
  const tabular =
    columns.length <= MOST_COLUMNS && items.every((item) => isPlain(item) && Object.values(item).every(isCell));
  if (!tabular) return items.flatMap((item) => [...describe(item, printer, `${indent}  `), `${indent}`]).slice(0, -1);
  const rows = items.map((item) => columns.map((column) => cellText((item as Record<string, unknown>)[column])));
  const header = columns.map(labelOf);
  return table(header, rows, printer)
    .split('\n')
    .map((line) => `${indent}${line}`);
}

/** Text of several lines is shown as it is, behind a bar. */
const isText = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');
const textLines = (text: string, indent: string): readonly string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${indent}  | ${visibleLine(line)}`);
/** `usedPercent` and `used_percent` are both "used percent". */
const labelOf = (key: string): string =>
  visibleLine(
    key.replaceAll('_', ' ').replace(/([a-z0-9])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`),
  );
/** What fits into one cell: a value, a list of values, or a few values by name. */
const isCell = (value: unknown): boolean =>
  isScalar(value) || isScalarList(value) || (isPlain(value) && Object.values(value).every(isScalar));
const cellText = (cell: unknown): string => {
  if (Array.isArray(cell)) return cell.map(scalar).join(', ');
  if (!isPlain(cell)) return scalar(cell);
  return Object.entries(cell)
    .map(([key, value]) => `${labelOf(key)} ${scalar(value)}`)
    .join(', ');
};
const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object';
const isScalarList = (value: unknown): boolean => Array.isArray(value) && value.every(isScalar);
const isPlain = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const scalar = (value: unknown): string =>
  value === null || value === undefined ? '–' : visibleLine(typeof value === 'string' ? value : JSON.stringify(value));
