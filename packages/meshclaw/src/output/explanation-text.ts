/** An explanation in words. */

import type { Answered, Change, ExplainedCondition, Explanation, NearMiss } from '@meshclaw/policy/tools';
import { decisionLines } from './decision-text.js';
import { visibleLine } from './escape.js';

/** More is for `--trace` and `--json`. */
const MOST_VALUE = 80;

/** The decision, what answered and why, near misses, and what would change it. */
export function explanationLines({ decision, answered, nearMisses, changes }: Explanation): readonly string[] {
  return [
    ...decisionLines(decision),
    ...section('what answered', answered.flatMap(answeredLines)),
    ...section('what nearly did: all held but this', nearMisses.flatMap(nearLines)),
    ...section('what would change the effect', changes.map(changeLine)),
  ].map(visibleLine);
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];

const answeredLines = ({ effect, rule, kind, held, ...place }: Answered): readonly string[] => [
  `${effect}  ${rule} (${kind})   ${placeOf(place)}`,
  ...held.map((condition) => `  held: ${conditionText(condition)}`),
];

const nearLines = ({ effect, rule, kind, failed }: NearMiss): readonly string[] => [
  `${effect}  ${rule} (${kind})`,
  `  not so: ${conditionText(failed)}`,
];

function conditionText({ text, saw, missing, parameters, ...place }: ExplainedCondition): string {
  const values = Object.entries(saw).map(([path, value]) => `${path} = ${shown(value)}`);
  const facts = [
    ...values,
    ...missing.map((path) => `${path} is missing`),
    ...parameters.map((name) => `parameter ${name}`),
  ];
  return `${text.replace(/\s+/g, ' ')}   ${placeOf(place)}${facts.length === 0 ? '' : `   (${facts.join(', ')})`}`;
}

function changeLine({ effect, path, from, to, rules }: Change): string {
  const now = from === undefined ? 'is missing' : `is ${shown(from)}`;
  const wanted = to === undefined ? 'were missing' : `were ${shown(to)}`;
  return `${effect}  if ${path} ${wanted} (it ${now}): ${rules.join(', ')}`;
}

/** The steps of the interpreter, indented by depth. */
export const traceLines = ({ trace, traceDropped }: Explanation): readonly string[] =>
  section('trace', [
    ...trace.map(({ op, depth, text, place, values }) => {
      const [line = ''] = text.split('\n');
      const saw = values === undefined || Object.keys(values).length === 0 ? '' : `   ${shown(values)}`;
      return visibleLine(`${'  '.repeat(depth)}${op} ${line}${place === undefined ? '' : `   ${place}`}${saw}`);
    }),
    ...(traceDropped === 0 ? [] : [`… ${traceDropped} more`]),
  ]);

const placeOf = ({ file, row, column }: { readonly file: string; readonly row: number; readonly column: number }) =>
  `${file}:${row}:${column}`;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}…` : text;
}
