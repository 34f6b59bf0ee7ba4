/** Reads the text of one OpenSSH client configuration into directives (ssh_config(5), OpenSSH 9.2). Opens no file and executes nothing. */

import { err, ok, type Result } from 'neverthrow';

/** What is wrong with a line. */
export interface SshConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}
/** One line with a keyword. */
export interface Directive {
  readonly file: string;
  readonly line: number;
  /** In lower case. */
  readonly keyword: string;
  /** Without quotes and escapes. */
  readonly words: readonly string[];
  /** For `include`: the files that its patterns stand for, in their order. */
  readonly included?: readonly SshConfigFile[];
}
/** One file, with the files it includes. */
export interface SshConfigFile {
  readonly path: string;
  readonly directives: readonly Directive[];
}

/** Keywords whose rest of the line is a command: it is no list of words, and nobody here looks into it. */
const COMMANDS: ReadonlySet<string> = new Set(['proxycommand', 'localcommand', 'remotecommand', 'knownhostscommand']);
/** Keywords that mean nothing without a word behind them. */
const NEED_WORDS: ReadonlySet<string> = new Set([
  ...['host', 'match', 'include', 'hostname', 'port', 'user', 'identityfile', 'proxyjump'],
]);

/** The directives of a text. A line that ssh would refuse is an error for the whole text; keywords nobody here needs are kept as they are. */
export function parseSshConfig(path: string, text: string): Result<SshConfigFile, readonly SshConfigProblem[]> {
  const directives: Directive[] = [];
  const problems: SshConfigProblem[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const place = { file: path, line: at + 1 };
    const parsed = parseLine(line);
    if (parsed === undefined) continue;
    if (typeof parsed === 'string') problems.push({ ...place, text: parsed });
    else directives.push({ ...place, ...parsed });
  }
  return problems.length > 0 ? err(problems) : ok({ path, directives });
}

/** Undefined for a line that says nothing; a string is what is wrong with it. */
function parseLine(line: string): { readonly keyword: string; readonly words: readonly string[] } | string | undefined {
  const trimmed = line.replace(/^[ \t\r\f]+|[ \t\r\f]+$/g, '');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const parts = /^"?([A-Za-z0-9]+)"?(?:[ \t]*=[ \t]*|[ \t]+|$)(.*)$/.exec(trimmed);
  if (!parts) return 'this is no keyword';
  const keyword = (parts[1] ?? '').toLowerCase();
  const rest = parts[2] ?? '';
  if (COMMANDS.has(keyword)) return { keyword, words: rest === '' ? [] : [rest] };
  const words = splitWords(rest);
  if (words === undefined) return 'a quote is not closed';
  if (words.length === 0 && NEED_WORDS.has(keyword)) return `"${keyword}" needs a value`;
  return keyword === 'port' ? (portProblem(words[0]) ?? { keyword, words }) : { keyword, words };
}

function portProblem(word = ''): string | undefined {
  const port = Number(word);
  return /^\d{1,5}$/.test(word) && port >= 1 && port <= 65_535 ? undefined : 'the port is no number from 1 to 65535';
}

/** As OpenSSH splits them (argv_split in misc.c): quotes of both kinds, a few escapes, a comment where a word would begin. Undefined for an open quote. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    if (at >= text.length || text[at] === '#') return words;
    const word = readWord(text, at);
    if (word === undefined) return undefined;
    words.push(word.value);
    at = word.end;
  }
}

function readWord(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  let quote = '';
  let at = from;
  for (; at < text.length; at += 1) {
    const [character = '', next = ''] = [text[at], text[at + 1]];
    if (character === '\\' && (next === '\\' || next === '"' || next === "'" || (quote === '' && next === ' '))) {
      value += next;
      at += 1;
    } else if (quote === '' && (character === ' ' || character === '\t')) break;
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else value += character;
  }
  return quote === '' ? { value, end: at } : undefined;
}
