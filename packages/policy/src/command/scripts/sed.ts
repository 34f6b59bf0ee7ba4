/** Reads scripts of sed(1) (GNU sed 4.9, POSIX.1-2017): what they print, and whether they write, read or run anything. */

import type { Scan } from './scan.js';

/** Commands without an argument that only touch the two buffers and the output. */
const PLAIN = 'dDgGhHnNpPxz=F';
const LABELLED = 'btT:';

interface Reader {
  readonly text: string;
  at: number;
}

/** Reads a script; the first thing that is not understood ends it. */
export function scanSed(text: string): Scan {
  const reads: string[] = [];
  const writes: string[] = [];
  const unknown: string[] = [];
  const commands: string[] = [];
  let runs = false;
  const reader: Reader = { text, at: 0 };
  while (skip(reader, /[\s;{}]/)) {
    if (!skipAddresses(reader)) return { reads, writes, commands, runs, network: false, unknown: ['an address'] };
    const name = text[reader.at] ?? '';
    reader.at += 1;
    if (PLAIN.includes(name)) continue;
    if (name === '{' || name === '}') continue;
    if (LABELLED.includes(name) || 'lqQL'.includes(name)) skipTo(reader, /[\n;}]/);
    else if (name === '#') skipTo(reader, /\n/);
    else if ('aic'.includes(name)) skipText(reader);
    else if (name === 'r' || name === 'R') reads.push(restOfLine(reader));
    else if (name === 'w' || name === 'W') writes.push(restOfLine(reader));
    else if (name === 'y' && skipParts(reader, 2)) continue;
    else if (name === 's' && skipParts(reader, 2)) {
      const replacement = replacementBefore(reader);
      const flags = /^[gpiImM0-9]*/.exec(text.slice(reader.at))?.[0] ?? '';
      reader.at += flags.length;
      const next = text[reader.at];
      if (next === 'w') {
        reader.at += 1;
        writes.push(restOfLine(reader));
      } else if (next === 'e') {
        runs = true;
        commands.push(replacement);
        reader.at += 1;
      } else if (next !== undefined && !/[\s;}#]/.test(next)) unknown.push('a flag of s');
    } else if (name === 'e') {
      runs = true;
      commands.push(restOfLine(reader));
    } else unknown.push(`the command ${name}`);
    if (unknown.length > 0) break;
  }
  return { reads, writes, commands, runs, network: false, unknown };
}

/** The second part of the `s` command that ends here. */
function replacementBefore({ text, at }: Reader): string {
  const delimiter = text[at - 1] ?? '';
  let start = at - 2;
  while (start >= 0 && (text[start] !== delimiter || text[start - 1] === '\\')) start -= 1;
  return text.slice(start + 1, at - 1).replace(/\\(.)/gs, '$1');
}

/** Passes what may stand between commands; false at the end. */
function skip(reader: Reader, what: RegExp): boolean {
  while (what.test(reader.text[reader.at] ?? '')) reader.at += 1;
  return reader.at < reader.text.length;
}

function skipTo(reader: Reader, what: RegExp): void {
  while (reader.at < reader.text.length && !what.test(reader.text[reader.at] ?? '')) reader.at += 1;
}

function restOfLine(reader: Reader): string {
  const start = reader.at;
  skipTo(reader, /\n/);
  return reader.text.slice(start, reader.at).trim();
}

/** The text of a, i and c goes on over lines that end in a backslash. */
function skipText(reader: Reader): void {
  for (let more = true; more; ) {
    const line = restOfLine(reader);
    reader.at += 1;
    more = line.endsWith('\\') && reader.at < reader.text.length;
  }
}

function skipAddresses(reader: Reader): boolean {
  for (;;) {
    const number = /^(?:\d+(?:~\d+)?|\$|[+~]\d+)/.exec(reader.text.slice(reader.at));
    if (number) reader.at += number[0].length;
    else if (reader.text[reader.at] === '/' || reader.text[reader.at] === '\\') {
      if (reader.text[reader.at] === '\\') reader.at += 1;
      if (!skipParts(reader, 1)) return false;
      while (/[IM]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
    }
    while (/[ \t]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
    const next = reader.text[reader.at];
    if (next === ',' || next === '!') {
      reader.at += 1;
      while (/[ \t!]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
      if (next === '!') return reader.at < reader.text.length;
    } else return reader.at < reader.text.length;
  }
}

/** `/…/` once, or `/…/…/`, with any one-character delimiter. */
function skipParts(reader: Reader, parts: number): boolean {
  const delimiter = reader.text[reader.at];
  if (delimiter === undefined || /[\s\\;{}\w]/.test(delimiter)) return false;
  reader.at += 1;
  for (let left = parts; left > 0; ) {
    const next = reader.text[reader.at];
    if (next === undefined || (next === '\n' && parts === 1)) return false;
    if (next === '\\') reader.at += 1;
    else if (next === delimiter) left -= 1;
    else if (next === '[' && left === parts) {
      // A bracket may hold the delimiter: GNU sed 4.9 and BusyBox 1.36 agree on that, but not on a backslash in it.
      const end: number = reader.text.indexOf(']', reader.at + (reader.text[reader.at + 1] === '^' ? 3 : 2));
      if (end === -1 || reader.text.slice(reader.at, end).includes('\\')) return false;
      reader.at = end;
    }
    reader.at += 1;
  }
  return true;
}
