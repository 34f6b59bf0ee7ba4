/** Small wrong changes to a Rego module, one at a time, from its syntax tree: what tests have to notice. */

import { type At, buildsReason, callsIn, type Node, nodesIn, type RuleNode } from '../tools/lint/syntax.js';

/** One wrong change. `line` is the source line as it was, so that a mutant can be named where rows move. */
export interface Mutant {
  readonly row: number;
  readonly line: string;
  readonly change: string;
  readonly text: string;
}
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly change: string;
}

const COMPARISONS: Readonly<Record<string, readonly [string, string]>> = {
  equal: ['==', '!='],
  neq: ['!=', '=='],
  lt: ['<', '<='],
  lte: ['<=', '<'],
  gt: ['>', '>='],
  gte: ['>=', '>'],
  or: ['|', '&'],
  and: ['&', '|'],
  minus: ['-', '|'],
};
const FUNCTIONS: Readonly<Record<string, string>> = {
  startswith: 'endswith',
  endswith: 'startswith',
  contains: 'startswith',
  max: 'min',
};
const EFFECTS: Readonly<Record<string, string>> = {
  deny: 'approval_required',
  approval_required: 'deny',
  auto_safe: 'approval_required',
  read_state: 'auto_safe',
};

/** Every mutant of a module, in source order. Texts of reasons and the facts that they name are left alone: the linter holds those. */
export function mutantsOf(text: string, rules: readonly RuleNode[]): readonly Mutant[] {
  const lines = text.split('\n');
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const offset = ({ row, col }: At) => (starts[row - 1] ?? 0) + col - 1;
  const told = new Set(
    callsIn(rules)
      .filter(buildsReason)
      .flatMap(({ args }) => [...nodesIn(args)]),
  );
  const edits = rules.flatMap((rule) => [
    ...headEdits(rule, text, offset),
    ...[...nodesIn(rule)].filter((node) => !told.has(node)).flatMap((node) => nodeEdits(node, text, offset)),
  ]);
  const unique = new Map(edits.map((edit) => [`${edit.from} ${edit.to} ${edit.by}`, edit]));
  return [...unique.values()]
    .toSorted((a, b) => a.from - b.from || a.to - b.to || (a.by < b.by ? -1 : 1))
    .map(({ from, to, by, change }) => {
      const row = starts.findLastIndex((start) => start <= from) + 1;
      return { row, line: lines[row - 1]?.trim() ?? '', change, text: text.slice(0, from) + by + text.slice(to) };
    });
}

type Offset = (at: At) => number;

function headEdits({ head }: RuleNode, text: string, offset: Offset): readonly Edit[] {
  const { name = '', location } = head;
  const other = Object.hasOwn(EFFECTS, name) ? EFFECTS[name] : undefined;
  if (other === undefined || location === undefined) return [];
  const from = offset(location);
  return text.startsWith(`${name} contains`, from)
    ? [{ from, to: from + name.length, by: other, change: `${name} to ${other}` }]
    : [];
}

function nodeEdits(node: Node, text: string, offset: Offset): readonly Edit[] {
  if (node.location === undefined) return [];
  const from = offset(node.location);
  return [
    ...(typeof node.index === 'number' && node.terms !== undefined ? expressionEdits(node, text, from) : []),
    ...callEdits(node, text, offset),
    ...constantEdits(node, text, from),
  ];
}

/** An expression is taken out, made impossible, and turned around. */
function expressionEdits({ negated }: Node, text: string, from: number): readonly Edit[] {
  const to = endOfExpression(text, from);
  const whole = { from, to };
  if (negated === true)
    return [
      { ...whole, by: 'true', change: 'take out' },
      { ...whole, by: 'false', change: 'never' },
      { from, to: from + 4, by: '', change: 'drop not' },
    ];
  return [
    { ...whole, by: 'true', change: 'take out' },
    { ...whole, by: 'false', change: 'never' },
    ...(/^(some|every) /.test(text.slice(from, to)) ? [] : [{ from, to: from, by: 'not ', change: 'negate' }]),
  ];
}

/** Up to the end of its line, or of the body it is in; brackets and strings are passed over whole. */
function endOfExpression(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '"') at = endOfString(text, at);
    else if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) {
      if (depth === 0) return text[at - 1] === ' ' ? at - 1 : at;
      depth -= 1;
    } else if (depth === 0 && (sign === ';' || (sign === '\n' && !/[|&(,-]$/.test(text.slice(from, at))))) return at;
  }
  return text.length;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function callEdits(node: Node, text: string, offset: Offset): readonly Edit[] {
  const words = node.type === 'call' ? node.value : node.terms;
  const called = Array.isArray(words) ? (words[0] as Node | undefined) : undefined;
  const name = (called?.value as readonly Node[] | undefined)?.[0]?.value;
  if (called?.location === undefined || typeof name !== 'string') return [];
  const from = offset(called.location);
  const [sign, other] = Object.hasOwn(COMPARISONS, name) ? (COMPARISONS[name] ?? []) : [name, FUNCTIONS[name]];
  if (sign === undefined || other === undefined || !text.startsWith(sign, from)) return [];
  return [{ from, to: from + sign.length, by: other, change: `${sign} to ${other}` }];
}

function constantEdits({ type, value }: Node, text: string, from: number): readonly Edit[] {
  if (type === 'boolean' && text.startsWith(String(value), from))
    return [{ from, to: from + String(value).length, by: String(value !== true), change: `${value} to ${!value}` }];
  if (type === 'number' && text.startsWith(String(value), from))
    return [{ from, to: from + String(value).length, by: String(Number(value) + 1), change: `${value} to one more` }];
  if (type !== 'string' || text[from] !== '"') return [];
  const to = endOfString(text, from) + 1;
  return [{ from, to, by: '"mutant"', change: `${text.slice(from, to)} to another` }];
}
