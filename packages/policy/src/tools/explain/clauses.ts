/** The clauses of a policy that can answer a request, and the conditions each is made of. */

import type { JsonObject, JsonValue } from '@meshclaw/core';
import { ANSWERS, ruleParts } from '../lint/check.js';
import {
  buildsReason,
  callsIn,
  type Expression,
  type ModuleTree,
  nodesIn,
  type RuleNode,
  refsTo,
  stepsOf,
} from '../lint/syntax.js';
import type { Place } from '../place.js';

/** What the compiler tells about a file, as far as clauses need it. */
export interface ReadModule {
  readonly file: string;
  readonly text: string;
  /** Without `data.` in front. */
  readonly package: string;
  readonly tree: ModuleTree;
  readonly extents: readonly { readonly name: string; readonly row: number; readonly endRow: number }[];
}
/** One condition: an expression of a clause, and the values it and its helpers look at. */
export interface Condition extends Place {
  readonly text: string;
  /** Its offset in the file. */
  readonly offset: number;
  /** Values by path; a path without a value is in `missing`. */
  readonly saw: JsonObject;
  readonly missing: readonly string[];
  /** Parameters it and its helpers compare with. */
  readonly parameters: readonly string[];
}
/** One way in which one rule gives one answer. */
export interface Clause extends Place {
  readonly module: ReadModule;
  readonly rule: string;
  readonly kind: 'guard' | 'rule';
  readonly effect: string;
  readonly conditions: readonly Condition[];
}

/** Every clause of the guards and rules that are asked about a noun. */
export function clausesFor(noun: string, modules: readonly ReadModule[], input: JsonObject): readonly Clause[] {
  return modules.flatMap((module) => {
    const [kind, domain, name] = ruleParts(module.package) ?? [];
    if (kind === undefined || (domain !== noun && domain !== 'any')) return [];
    return module.tree.rules
      .filter(({ head }) => ANSWERS.includes(head.name ?? ''))
      .map((rule) => ({
        module,
        rule: `${domain}.${name}`,
        kind: kind === 'guards' ? 'guard' : 'rule',
        effect: rule.head.name ?? '',
        file: module.file,
        row: rule.location.row,
        column: rule.location.col,
        conditions: rule.body.filter((one) => !isReason(one)).map((one) => conditionOf(one, module, input)),
      }));
  });
}

/** Building the reason is no condition: nothing about the request can make it fail. */
const isReason = (expression: Expression): boolean => callsIn(expression).some(buildsReason);

function conditionOf(expression: Expression, module: ReadModule, input: JsonObject): Condition {
  const { row, col } = expression.location;
  const offset = offsetOf(module.text, row, col);
  const looked = [expression, ...helpersOf(expression, module.tree)];
  const paths = unique(refsTo('input', looked).map((ref) => stepsOf(ref).slice(1)));
  const values = paths.map((path) => [path.join('.'), valueAt(input, path)] as const);
  return {
    file: module.file,
    row,
    column: col,
    offset,
    text: expressionText(module.text, offset),
    saw: Object.fromEntries(values.flatMap(([path, value]) => (value === undefined ? [] : [[path, value]]))),
    missing: values.filter(([, value]) => value === undefined).map(([path]) => path),
    parameters: unique(refsTo('data', looked).map(stepsOf))
      .filter(([, mesh, kind, name]) => mesh === 'meshclaw' && kind === 'parameters' && name !== undefined)
      .map(([, , , name]) => String(name)),
  };
}

const unique = (paths: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(paths.filter(({ length }) => length > 0).map((path) => [path.join('\n'), path])).values(),
];

/** Rules of the same file that an expression names, and those that they name. */
function helpersOf(expression: Expression, { rules }: ModuleTree): readonly RuleNode[] {
  const found = new Set<RuleNode>();
  const visit = (value: unknown): void => {
    const names = new Set([...nodesIn(value)].filter(({ type }) => type === 'var').map((node) => String(node.value)));
    for (const rule of rules) {
      if (!names.has(rule.head.name ?? '') || found.has(rule) || ANSWERS.includes(rule.head.name ?? '')) continue;
      found.add(rule);
      visit(rule.body);
    }
  };
  visit(expression);
  return [...found];
}

/** What stands at a path; undefined when nothing does. */
export function valueAt(input: JsonValue, path: readonly string[]): JsonValue | undefined {
  let here: JsonValue | undefined = input;
  for (const step of path) {
    if (here === null || typeof here !== 'object' || Array.isArray(here) || !Object.hasOwn(here, step))
      return undefined;
    here = (here as JsonObject)[step];
  }
  return here;
}

function offsetOf(text: string, row: number, column: number): number {
  const before = text.split('\n').slice(0, row - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + column - 1;
}

const OPENING = '([{';
const CLOSING = ')]}';

/** The text of the expression that begins there: to the end of its line or body, across brackets and `with`. */
export function expressionText(text: string, from: number): string {
  let depth = 0;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"' || character === '`') at = endOfString(text, at);
    else if (character === '#') at = endOfLine(text, at) - 1;
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (depth === 0 && (character === ';' || (character === '\n' && !/^\s*with\s/.test(text.slice(at))))) break;
    if (depth < 0) break;
  }
  return text
    .slice(from, at)
    .replace(/#[^\n"`]*$/, '')
    .trimEnd();
}

const endOfLine = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at;
};

function endOfString(text: string, from: number): number {
  const quote = text[from];
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += quote === '"' && text[at] === '\\' ? 2 : 1;
  return at;
}
