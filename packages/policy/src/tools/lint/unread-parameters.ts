/** Parameters that nobody reads, and entries of an owner's that change nothing. */

import type { JsonObject } from '@meshclaw/core';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Parameters } from '../../bundle/parameters.js';
import type { PolicyFinding } from '../report/finding.js';
import type { LintedModule } from './check.js';
import { refsTo, stepsOf } from './syntax.js';

/** The check's name and demand. */
export const UNREAD_PARAMETER = {
  id: 'unread-parameter',
  description: 'Every parameter is read by a rule, and an entry of yours changes something',
} as const;

interface Source {
  readonly path: string;
  readonly text: string;
}

/** Findings in a file of parameters. `below` are the parameters under it, `layered` those with it. */
export function unreadParameters(
  { path, text }: Source,
  modules: readonly LintedModule[],
  below: Parameters,
  layered: JsonObject,
): readonly PolicyFinding[] {
  const read = new Set(
    modules.flatMap(({ tree }) => refsTo('data', tree.rules).map((ref) => stepsOf(ref).slice(1, 4).join('.'))),
  );
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (!isMap(document.contents)) return [];
  return document.contents.items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const place = lines.linePos((key as { range?: readonly number[] }).range?.[0] ?? 0);
    const same = JSON.stringify(below[name]?.value) === JSON.stringify(layered[name]);
    const message = !read.has(`meshclaw.parameters.${name}`)
      ? `no rule reads ${name}`
      : same
        ? `${name} is the same without this entry`
        : undefined;
    return message === undefined
      ? []
      : [{ rule: UNREAD_PARAMETER.id, level: 'warning', message, file: path, row: place.line, column: place.col }];
  });
}
