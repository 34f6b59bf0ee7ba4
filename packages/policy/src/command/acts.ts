/** What a program does with its words, as its model says: one act for each, in order. Pure. */

import type { Argument } from './argument.js';
import { exactArgument } from './argument.js';
import { expression, type Meaning, type Operand, type Spec, type Token } from './model.js';
import { type Given, splitWords } from './words.js';

/** One thing that is done. `words` are those that it is done with. */
export interface Act {
  readonly token: Token;
  readonly words: readonly Argument[];
  readonly via: string;
  readonly tree: boolean;
}
/** Everything that a call of a program does. */
export interface Acts {
  readonly acts: readonly Act[];
  readonly unknown: readonly string[];
  readonly spec: Spec;
}

/** Tokens whose words are paths; an option may turn them into another. */
const PATHS: ReadonlySet<Token> = new Set<Token>([
  ...(['read', 'list', 'write', 'truncate', 'delete', 'alter', 'execute', 'send', 'use', 'harden'] as const),
]);
/** Tokens that take all the words that are left. */
const REST: ReadonlySet<Token> = new Set<Token>(['argv', 'shell_words']);

/** Reads a call of a program by its model. */
export function actsOf(program: Spec, name: string, words: readonly Argument[]): Acts {
  const given = splitWords(program, words);
  const { spec } = given;
  const names = new Set(given.options.map((option) => option.name));
  const mode = spec.modes.find(({ when }) => when.some((one) => names.has(one)));
  const call: Call = {
    ...{ given, via: [name, ...given.path].join(' '), acts: [], unknown: [...given.unknown], names },
    ...{ tree: false, become: undefined },
  };
  for (const option of given.options) {
    const meaning = override(mode?.options, option.name) ?? option.meaning;
    applyMeaning(call, meaning, option.values, `${call.via} ${option.name}`);
  }
  const left = applyOperands(call, mode?.operands ?? spec.operands);
  for (const token of [...(mode?.does ?? spec.does ?? []), ...(left === 0 ? (mode?.bare ?? spec.bare ?? []) : [])])
    call.acts.push({ token, words: [], via: call.via, tree: false });
  if (spec.sampling && isEndless(given.operands))
    call.acts.push({ token: 'wait', words: [], via: call.via, tree: false });
  if (
    mode === undefined &&
    Object.keys(spec.subcommands).length > 0 &&
    given.operands.length === 0 &&
    spec.bare === undefined
  )
    call.unknown.push('no subcommand');
  return { acts: call.acts.map((act) => settle(call, act)), unknown: call.unknown, spec };
}

/** Expressions are not run over a longer value, which is unknown. */
const LONGEST_MATCHED = 1_024;

/** Whether an interval stands at the end and no count behind it. */
const isEndless = (operands: readonly Argument[]): boolean =>
  /^[0-9.]+$/.test(operands.at(-1)?.pattern ?? '') && !/^[0-9.]+$/.test(operands.at(-2)?.pattern ?? '');

interface Call {
  readonly given: Given;
  readonly via: string;
  readonly names: ReadonlySet<string>;
  readonly acts: (Act & { readonly operand?: boolean })[];
  readonly unknown: string[];
  tree: boolean;
  become: Token | undefined;
}

const overrides = new WeakMap<object, ReadonlyMap<string, Meaning>>();

function override(options: Readonly<Record<string, Meaning>> | undefined, name: string): Meaning | undefined {
  if (options === undefined) return undefined;
  const known = overrides.get(options) ?? new Map(spelled(options));
  overrides.set(options, known);
  return known.get(name);
}

/** Each spelling by itself; the first that is written counts. */
const spelled = (options: Readonly<Record<string, Meaning>>): readonly (readonly [string, Meaning])[] =>
  Object.entries(options)
    .flatMap(([names, meaning]) => names.split(' ').map((name) => [name, meaning] as const))
    .reverse();

/** What options say about operands holds for those before them too. */
function settle({ tree, become }: Call, act: Act & { readonly operand?: boolean }): Act {
  const { operand, ...plain } = act;
  if (!operand || !PATHS.has(act.token)) return plain;
  return { ...plain, token: become ?? act.token, tree: act.tree || tree };
}

function applyMeaning(call: Call, meaning: Meaning, values: readonly Argument[], via: string, operand = false): void {
  const fitting = caseOf(call, meaning, values[0], via);
  if (fitting === undefined) return;
  if (fitting.tree === true) call.tree = true;
  call.become = fitting.operands ?? call.become;
  for (const token of fitting.does ?? []) call.acts.push({ token, words: values.slice(0, 1), via, tree: false });
  const takes = fitting.takes ?? [];
  if (takes.at(-1) === 'until_semicolon') {
    call.acts.push({ token: 'until_semicolon', words: values, via, tree: false });
    return;
  }
  for (const [place, value] of values.entries()) {
    const token = takes[Math.min(place, takes.length - 1)];
    if (token !== undefined) call.acts.push({ token, words: [value], via, tree: false, operand });
  }
}

/** The case that a value is; a value that is not known may be any of them. */
function caseOf(call: Call, meaning: Meaning, value: Argument | undefined, via: string): Meaning | undefined {
  if (value === undefined) return meaning;
  const wanted = meaning.cases ?? [];
  if (value.pattern.length > LONGEST_MATCHED && (wanted.length > 0 || meaning.match !== undefined)) {
    call.unknown.push(`${via}: ${value.pattern.slice(0, 64)}`);
    return undefined;
  }
  if (!value.exact && (wanted.length > 0 || meaning.match !== undefined)) call.unknown.push(`${via}: not known`);
  const fits = ({ match }: { readonly match?: string | undefined }): boolean =>
    match === undefined || expression(match).test(value.pattern);
  const found = wanted.find(fits);
  if (found) return found;
  if (fits(meaning)) return meaning;
  call.unknown.push(`${via}: ${value.pattern.slice(0, 64)}`);
  return undefined;
}

/** Deals the operands out to their places; answers how many there were. */
function applyOperands(call: Call, places: readonly Operand[] | undefined): number {
  const { given, names } = call;
  const implied = given.operands.length === 0 && given.spec.implied !== undefined;
  const words = implied ? [exactArgument(given.spec.implied ?? '.')] : given.operands;
  if (places === undefined) {
    for (const word of words) {
      call.unknown.push(`operand ${word.pattern.slice(0, 64)}`);
      call.acts.push({ token: 'use', words: [word], via: call.via, tree: false });
    }
    return words.length;
  }
  const wanted = places.filter(({ unless = [] }) => !unless.some((name) => names.has(name)));
  const many = wanted.findIndex((place) => place.many || place.takes?.some((token) => REST.has(token)));
  const after = many === -1 ? 0 : wanted.length - many - 1;
  for (let at = 0, place = 0; at < words.length; ) {
    const rest = many !== -1 && place >= many;
    const fromEnd = words.length - at;
    const which = !rest ? place : fromEnd <= after ? wanted.length - fromEnd : many;
    at += applyOperand(call, wanted[which], words, at);
    place = rest ? place : place + 1;
  }
  return words.length;
}

function applyOperand(call: Call, place: Operand | undefined, words: readonly Argument[], at: number): number {
  const word = words[at];
  if (word === undefined) return 1;
  if (place === undefined) {
    call.unknown.push(`operand ${word.pattern.slice(0, 64)}`);
    call.acts.push({ token: 'use', words: [word], via: call.via, tree: false });
    return 1;
  }
  const rest = place.takes?.find((token) => REST.has(token));
  if (rest === undefined) {
    applyMeaning(call, place, [word], call.via, true);
    return 1;
  }
  call.acts.push({ token: rest, words: words.slice(at), via: call.via, tree: false });
  return words.length - at;
}
