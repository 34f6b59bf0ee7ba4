/** Splits a program's words into options with their values and operands, as its model says. What it cannot say is unknown. */

import type { Argument } from './argument.js';
import type { Meaning, Spec } from './model.js';
import { isWild } from './pattern.js';

export interface GivenOption {
  readonly name: string;
  readonly meaning: Meaning;
  readonly values: readonly Argument[];
}
/** A program's words, sorted. */
export interface Given {
  /** The spec that fits: the program's, or its subcommand's. */
  readonly spec: Spec;
  /** Names of the subcommands that were given. */
  readonly path: readonly string[];
  readonly options: readonly GivenOption[];
  readonly operands: readonly Argument[];
  readonly unknown: readonly string[];
}

/** A spec's options by each spelling. */
type Table = ReadonlyMap<string, Meaning>;
const tables = new WeakMap<Spec, Table>();
const FLAG: Meaning = {};
const TEXT: Meaning = { takes: ['text'] };
const OPTIONAL: Meaning = { takes: ['text'], attached: true };

function tableOf(spec: Spec): Table {
  const known = tables.get(spec);
  if (known) return known;
  const entry = (meaning: Meaning) => (name: string) => [name, meaning] as const;
  const table = new Map<string, Meaning>([
    ...spec.flags.map(entry(FLAG)),
    ...spec.text.map(entry(TEXT)),
    ...spec.optional.map(entry(OPTIONAL)),
    ...Object.entries(spec.options).flatMap(([names, meaning]) => names.split(' ').map(entry(meaning))),
  ]);
  tables.set(spec, table);
  return table;
}

/** Where the splitting has got to. */
interface State {
  readonly program: Spec;
  readonly words: readonly Argument[];
  at: number;
  spec: Spec;
  inherited: Table;
  /** Options may still come; a subcommand may still come. */
  open: boolean;
  unnamed: boolean;
  readonly options: GivenOption[];
  readonly operands: Argument[];
  readonly unknown: string[];
  readonly path: string[];
}

/** Splits the words after a program's name. */
export function splitWords(program: Spec, words: readonly Argument[]): Given {
  const state: State = {
    ...{ program, words, at: 0, spec: program, inherited: new Map(), open: true, unnamed: true },
    ...{ options: [], operands: [], unknown: [], path: [] },
  };
  for (let word = words[state.at]; word !== undefined; word = words[state.at]) {
    state.at += 1;
    if (state.open && (takeOption(state, word) || takeDashes(state, word))) continue;
    if (takeCluster(state, word) || takeSubcommand(state, word)) continue;
    state.operands.push(word);
    if (program.style === 'posix' || state.spec.style === 'posix') state.open = false;
  }
  return state;
}

const lookUp = ({ spec, inherited }: State, name: string): Meaning | undefined =>
  tableOf(spec).get(name) ?? inherited.get(name);

function takeDashes(state: State, word: Argument): boolean {
  if (!word.exact || word.pattern !== '--' || state.program.style === 'word') return false;
  state.open = false;
  return true;
}

function takeCluster(state: State, word: Argument): boolean {
  const { cluster } = state.spec;
  if (state.at !== 1 || cluster === undefined || !word.exact || !/^[A-Za-z]+$/.test(word.pattern)) return false;
  takeLetters(state, word, cluster === 'dash' ? '-' : '');
  return true;
}

function takeSubcommand(state: State, word: Argument): boolean {
  const names = Object.entries(state.spec.subcommands);
  if (!state.unnamed || names.length === 0) return false;
  const found = names.find(([spellings]) => word.exact && spellings.split(/,\s*/).includes(word.pattern));
  if (!found) {
    state.unnamed = false;
    state.unknown.push(`subcommand ${word.exact ? word.pattern : 'that is not known'}`);
    return false;
  }
  const [, spec] = found;
  state.inherited = spec.inherit ? new Map([...state.inherited, ...tableOf(state.spec)]) : new Map();
  state.spec = spec;
  state.path.push(word.pattern);
  return true;
}

/** Whether the word was an option, known or not. */
function takeOption(state: State, word: Argument): boolean {
  const { program } = state;
  const text = word.pattern;
  if (program.style === 'plain') return false;
  if (program.style === 'keys') return takeKey(state, word);
  const whole = word.exact ? lookUp(state, text) : undefined;
  if (whole) {
    give(state, text, whole);
    return true;
  }
  if (!word.exact) return takeUncertain(state, word);
  if (text === '-' || text === '--' || !text.startsWith('-')) return false;
  if (program.numeric && /^-\d+$/.test(text)) return true;
  if (text.startsWith('--') || program.style === 'word') {
    if (!takeLong(state, word)) state.unknown.push(`option ${text}`);
  } else takeLetters(state, { ...word, pattern: text.slice(1) }, '-');
  return true;
}

/** A word that is not wholly known is an option only where its name is. */
function takeUncertain(state: State, word: Argument): boolean {
  if (word.pattern.startsWith('--') && takeLong(state, word)) return true;
  if (word.mayBeOption && !state.program.harmless) state.unknown.push('a word that may become an option');
  return false;
}

function takeLong(state: State, word: Argument): boolean {
  const cut = word.pattern.indexOf('=');
  const name = cut > 0 ? word.pattern.slice(0, cut) : word.pattern;
  const meaning = isWild(name) ? undefined : lookUp(state, name);
  if (!meaning) return false;
  give(state, name, meaning, cut > 0 ? partOf(word, cut + 1) : undefined);
  return true;
}

function takeKey(state: State, word: Argument): boolean {
  const name = word.pattern.slice(0, word.pattern.indexOf('=') + 1);
  const meaning = name === '' ? undefined : lookUp(state, name);
  if (meaning) give(state, name, meaning, partOf(word, name.length));
  return meaning !== undefined;
}

/** Short options in one word: the first that takes a value has the rest of the word, or the next word. */
function takeLetters(state: State, word: Argument, prefix: string): void {
  const letters = word.pattern;
  for (let place = 0; place < letters.length; place += 1) {
    const name = `${prefix}${letters[place]}`;
    const meaning = lookUp(state, name);
    if (!meaning) {
      state.unknown.push(`option ${name}`);
      return;
    }
    const rest = letters.slice(place + 1);
    give(state, name, meaning, meaning.takes === undefined || rest === '' ? undefined : partOf(word, place + 1));
    if (meaning.takes !== undefined) return;
  }
}

const partOf = (word: Argument, from: number): Argument => ({
  ...word,
  pattern: word.pattern.slice(from),
  mayBeOption: false,
});

function give(state: State, name: string, meaning: Meaning, attached?: Argument): void {
  const wanted = meaning.takes ?? [];
  const values: Argument[] = attached === undefined ? [] : [attached];
  if (wanted.length === 0 && attached !== undefined) state.unknown.push(`option ${name} with a value`);
  while (meaning.attached !== true && values.length < wanted.length) {
    const value = state.words[state.at];
    if (value === undefined) {
      state.unknown.push(`option ${name} without its value`);
      break;
    }
    state.at += 1;
    values.push(value);
    // Some programs take an option's value only where it does not look like the next option.
    if (state.program.style !== 'word' && /^-[A-Za-z-]/.test(value.pattern))
      state.unknown.push(`option ${name} before ${value.pattern.slice(0, 64)}`);
    if (wanted[values.length - 1] === 'until_semicolon') values.push(...untilSemicolon(state));
  }
  state.options.push({ name, meaning, values });
}

/** The words of find's `-exec` up to `;` or `{} +` (find(1)). */
function untilSemicolon(state: State): readonly Argument[] {
  const taken: Argument[] = [];
  for (let word = state.words[state.at]; word !== undefined; word = state.words[state.at]) {
    state.at += 1;
    if (word.pattern === ';' || (word.pattern === '+' && taken.at(-1)?.pattern === '{}')) break;
    taken.push(word);
  }
  return taken;
}
