/** Reads programs of awk(1) (POSIX.1-2017, gawk 5.2, mawk 1.3.4): whether they run, read, write or connect to anything. */

import type { Scan } from './scan.js';

/** After one of these a slash begins a pattern; after anything else it divides. */
const BEFORE_PATTERN = /(?:^|[(,{};\n!~&|?:=<>+\-*%^]|\b(?:print|printf|return|in|case|else|do|getline))\s*$/;
/** Whether a slash after one of these divides cannot be told from so little; a bracket only where a keyword came before. */
const UNCLEAR = /(?:\+\+|--)\s?$/;
const CLOSED = /\)\s?$/;
/** Longer than any word that a slash's meaning hangs on. */
const LOOKED_BACK = 16;
const KEYWORD = /\b(?:if|while|for)\b/;

interface Token {
  readonly kind: 'code' | 'string' | 'pattern';
  readonly text: string;
}

/** Reads a program. */
export function scanAwk(text: string): Scan {
  const tokens = split(text);
  if (tokens === undefined) return scan(['a pattern or string that is not clear']);
  const code = tokens
    .map((token) => (token.kind === 'code' ? token.text : token.kind === 'string' ? '""' : '//'))
    .join('');
  const strings = tokens.filter(({ kind }) => kind === 'string').map((token) => token.text);
  const unknown: string[] = [];
  const runs = /\bsystem\b/.test(code) || /(?<!\|)\|(?!\|)/.test(code);
  if (/\bgetline\b/.test(code)) unknown.push('getline');
  if (/@/.test(code)) unknown.push('an extension');
  if (/\bENVIRON\b|\bPROCINFO\b|\bSYMTAB\b|\bFUNCTAB\b/.test(code)) unknown.push('the environment');
  if (/\bARGV\b|\bARGC\b/.test(code)) unknown.push('its own operands');
  if (writesSomewhere(code)) unknown.push('output to a file');
  const network = strings.some((one) => one.includes('/inet'));
  return { ...scan(unknown, runs, network), commands: runs ? commandsIn(tokens) : [] };
}

const scan = (unknown: readonly string[], runs = false, network = false): Scan => ({
  ...{ reads: [], writes: [], commands: [], runs, network, unknown },
});

/** Strings next to `system(` or a pipe; several that follow one another are one text. */
function commandsIn(tokens: readonly Token[]): readonly string[] {
  const found: string[] = [];
  let text: string | undefined;
  for (const [place, token] of tokens.entries()) {
    const before = tokens[place - 1];
    if (token.kind === 'string' && before?.kind === 'code' && /(?:\bsystem\s*\(|\|&?)\s*$/.test(before.text)) text = '';
    if (token.kind === 'string' && /^\s*\|/.test(tokens[place + 1]?.text ?? '')) text ??= '';
    if (token.kind === 'string' && text !== undefined) text += unescaped(token.text);
    else if (text !== undefined && token.text.trim() !== '') {
      found.push(text);
      text = undefined;
    }
  }
  return text === undefined ? found : [...found, text];
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{1,3}|.)/gs, (_, one: string) =>
    /^[0-7]/.test(one) ? String.fromCharCode(Number.parseInt(one, 8)) : one === 'n' ? '\n' : one === 't' ? '\t' : one,
  );

/** In a print statement `>` is a redirection (POSIX awk, "Output Statements"). */
const writesSomewhere = (code: string): boolean =>
  code.split(/[{};\n]/).some((statement) => {
    const at = statement.search(/\bprintf?\b/);
    return at !== -1 && statement.lastIndexOf('>') > at;
  });

/** Code, strings and patterns; undefined where awks differ on what a slash or quote is. */
function split(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let code = '';
  let before = ''; // the last of what stands before, blanks as one, an operand in the place of a string or pattern
  let keyword = false;
  for (let at = 0; at < text.length; ) {
    const next = text[at];
    if (next === '#') {
      while (at < text.length && text[at] !== '\n') at += 1;
    } else if (next === '\\')
      return undefined; // a line that goes on: whether a slash then divides is not looked at
    else if (next === '/' && (UNCLEAR.test(before) || (keyword && CLOSED.test(before)))) return undefined;
    else if (next === '"' || (next === '/' && BEFORE_PATTERN.test(before))) {
      const closed = closing(text, at + 1, next);
      if (closed === undefined) return undefined;
      tokens.push({ kind: 'code', text: code });
      tokens.push({ kind: next === '"' ? 'string' : 'pattern', text: text.slice(at + 1, closed) });
      code = '';
      before = ' 0';
      at = closed + 1;
    } else {
      code += next;
      before = follow(before, next ?? '');
      keyword ||= KEYWORD.test(before);
      at += 1;
    }
  }
  tokens.push({ kind: 'code', text: code });
  return tokens;
}

/** The last characters before a place; a run of blanks is one, and a line's end where it has one. */
function follow(before: string, next: string): string {
  if (!/\s/.test(next)) return (before + next).slice(-LOOKED_BACK);
  if (!/\s$/.test(before)) return (before + (next === '\n' ? next : ' ')).slice(-LOOKED_BACK);
  return next === '\n' ? `${before.slice(0, -1)}\n` : before;
}

/** Where a string or pattern ends. A pattern with a slash or quote in a bracket ends elsewhere in another awk. */
function closing(text: string, from: number, delimiter: string): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '\n') return undefined;
    else if (text[at] === delimiter) return at;
    else if (text[at] === '[' && delimiter === '/') {
      const end = text.indexOf(']', at + 2);
      if (end === -1 || text.slice(at, end).includes('/')) return undefined;
      at = end;
    }
  }
  return undefined;
}
