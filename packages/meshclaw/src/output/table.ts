/** Tables for people: a header, columns that fit, nothing that a terminal would obey. */

import Table from 'cli-table3';
import { visibleLine } from './escape.js';
import type { Printer } from './printer.js';

const NO_BORDER = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Rows of text under a header; every cell is one visible line. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], { color }: Printer): string {
  const drawn = new Table({
    head: header.map((title) => color.bold(title)),
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => row.map(visibleLine)));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
