/** One word of a command as the shell would hand it over, with what is not known before it runs as a wildcard. */

import { ANY, HOME, ONE, STAR } from './pattern.js';
import { type ParsedScript, scriptsIn, type Word, type WordPart } from './syntax.js';
import { spend, stepsOfWord, type Work } from './work.js';

export interface Argument {
  /** Its text; wildcards stand for what is not known. */
  readonly pattern: string;
  /** Whether the pattern is the very text. */
  readonly exact: boolean;
  /** Kinds of what is not known. */
  readonly dynamic: readonly string[];
  /** Whether it may become a word that begins with a dash. */
  readonly mayBeOption: boolean;
  /** Written so that its text is not what is read: only matters for a word that is run. */
  readonly odd: boolean;
  /** Scripts of its substitutions. */
  readonly scripts: readonly ParsedScript[];
  /** Everything below it is meant too (`{}` of find). */
  readonly tree?: boolean;
}

/** A word without any shell. */
export const exactArgument = (text: string): Argument => ({
  pattern: text.replace(/[\uE000-\uE002]/g, '\uFFFD'),
  exact: true,
  dynamic: [],
  mayBeOption: text.startsWith('-'),
  odd: false,
  scripts: [],
});

/** A word that nobody can tell. */
export const unknownArgument = (kind: string): Argument => ({
  pattern: ANY,
  exact: false,
  dynamic: [kind],
  mayBeOption: true,
  odd: true,
  scripts: [],
});

/** Values that variables were given so far, by name; an unknown one is a wildcard. */
export type Assigned = ReadonlyMap<string, readonly string[]>;

interface Piece {
  readonly text: string;
  readonly dynamic?: string;
  readonly odd?: boolean;
}

/** A word of the parser as arguments: more than one where braces write several. */
export function argumentsOf(
  word: Word,
  { assigned, work }: { readonly assigned: Assigned; readonly work: Work },
): readonly Argument[] {
  spend(work, stepsOfWord(word.text));
  const { scripts, problem } = scriptsIn(word);
  const parts = word.parts ?? [];
  if (parts.length === 0) return [plain(word)];
  const words = combine(parts.map((part, place) => piecesOf(part, place === 0, assigned)));
  spend(work, 16 * words.reduce((sum, pieces) => sum + pieces.length, 0));
  const odd = problem || parts.some(isOdd);
  return words.map((pieces) => build(pieces, scripts, odd));
}

function plain(word: Word): Argument {
  const text = tilde(word.value, word.text);
  return { ...exactArgument(word.value), pattern: text, mayBeOption: text.startsWith('-') };
}

/** Only an unquoted tilde at the very beginning is a home. */
function tilde(value: string, written: string): string {
  if (!written.startsWith('~')) return value.replace(/[\uE000-\uE002]/g, '\uFFFD');
  const [login = '', ...rest] = value.slice(1).split('/');
  const home = login === '' ? HOME : login === 'root' ? '/root' : `/home/${login}`;
  return [home, ...rest].join('/');
}

function build(pieces: readonly Piece[], scripts: readonly ParsedScript[], odd: boolean): Argument {
  const pattern = pieces.map(({ text }) => text).join('');
  const dynamic = [...new Set(pieces.flatMap((piece) => piece.dynamic ?? []))];
  const wild = /[\uE000-\uE002]/.test(pattern);
  const first = pattern[0] ?? '';
  return {
    pattern,
    exact: !wild && dynamic.length === 0,
    dynamic,
    mayBeOption: first === '' || first === '-' || /[\uE000-\uE002]/.test(first),
    odd: odd || wild || dynamic.length > 0 || pieces.some((piece) => piece.odd === true),
    scripts,
  };
}

/** Words that braces write, and parts that they have together, before nobody would spell them out. */
const MOST_WRITTEN = 64;
const MOST_PIECES = 1_024;

/** Every word that the pieces write; at most as many as anybody would spell out. */
function combine(pieces: readonly (readonly (readonly Piece[])[])[]): readonly (readonly Piece[])[] {
  let words: Piece[][] = [[]];
  for (const choices of pieces) {
    const [only = []] = choices;
    if (choices.length === 1) for (const word of words) word.push(...only);
    else words = words.flatMap((word) => choices.map((choice) => [...word, ...choice]));
    const size = words.length * (words[0]?.length ?? 0);
    if (words.length > 1 && (words.length > MOST_WRITTEN || size > MOST_PIECES))
      return [[{ text: ANY, dynamic: 'braces' }]];
  }
  return words;
}

const isOdd = (part: WordPart): boolean =>
  ['AnsiCQuoted', 'LocaleString', 'BraceExpansion', 'ExtendedGlob', 'Glob'].includes(part.type);

const one = (...pieces: readonly Piece[]): readonly (readonly Piece[])[] => [pieces];

/** The choices that a part writes; all but braces write one. */
function piecesOf(part: WordPart, isFirst: boolean, assigned: Assigned): readonly (readonly Piece[])[] {
  switch (part.type) {
    case 'Literal':
      return one({ text: isFirst ? tilde(part.value, part.text) : part.value.replace(/[\uE000-\uE002]/g, '\uFFFD') });
    case 'SingleQuoted':
      return one({ text: part.value });
    case 'DoubleQuoted':
      return combine(part.parts.map((inner) => piecesOf(inner, false, assigned)));
    case 'Glob':
      return one({ text: part.kind === 'star' ? STAR : ONE });
    case 'SimpleExpansion':
      return variable(part.text.slice(1), assigned);
    case 'ParameterExpansion': {
      const simple = part.operation === undefined && part.prefix === undefined && part.index === undefined;
      if (simple) return variable(part.parameter, assigned);
      const hidden = part.operation?.type === 'Unknown' || part.operation?.type === 'Transform';
      return one({ text: ANY, dynamic: hidden ? 'evaluation' : 'variable', odd: true });
    }
    case 'BraceExpansion':
      return braces(part.text);
    case 'AnsiCQuoted':
      return one({ text: part.value, dynamic: 'ansi_c', odd: true }); // what it means depends on the shell
    case 'LocaleString':
      return one({ text: ANY, dynamic: 'locale', odd: true });
    case 'CommandExpansion':
      return one({ text: ANY, dynamic: 'substitution' });
    case 'ProcessSubstitution':
      return one({ text: ANY, dynamic: 'process_substitution' });
    case 'ArithmeticExpansion':
      return one({ text: ANY, dynamic: 'arithmetic' });
    case 'ExtendedGlob':
      return one({ text: ANY, dynamic: 'extended_glob', odd: true });
  }
}

/** Each value that the text gave it; the login's home is known where it was given none. */
function variable(name: string, assigned: Assigned): readonly (readonly Piece[])[] {
  const values = assigned.get(name);
  if (values !== undefined) return values.map((text) => [{ text, dynamic: 'variable' }]);
  // A number that the shell itself counts: an exit code, how many words, a process.
  if (/^[?#$]$/.test(name)) return one({ text: ANY });
  return one(name === 'HOME' ? { text: HOME } : { text: ANY, dynamic: 'variable' });
}

/** `{a,b}` of plain words, and as it is written for the shell that does not know braces. */
function braces(text: string): readonly (readonly Piece[])[] {
  const inner = /^\{([\w./@%+:-]*(?:,[\w./@%+:-]*)+)\}$/.exec(text)?.[1];
  if (inner === undefined) return one({ text: ANY, dynamic: 'braces', odd: true });
  return inner.split(',').map((choice) => [{ text: choice, odd: true }]);
}
