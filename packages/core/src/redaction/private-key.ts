/** Private keys of many lines (RFC 7468, RFC 4880, OpenSSH, PuTTY): each line of key material is masked, whatever a log wrote around it, and no other line is. */

import { characters, endOf, isIn, matches } from './region.js';

/** The kind that its masks show. */
export const PRIVATE_KEY = 'private-key';
/** What key material may follow. The last stands where output was cut, which may have been inside of a key. */
export const KEY_LITERALS: readonly string[] = ['-----begin ', 'private-lines:', ' bytes left out]', '---- begin ssh2'];

const BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 [A-Z ]{0,40}PRIVATE KEY ----/y;
const OTHERS = /Private-Lines:[ \t]{0,4}\d{1,5}| bytes left out\]/y;
const ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY|---- END SSH2|Private-MAC:/y;
const MATERIAL = characters(/[A-Za-z0-9+/=]/);
/** A whole line of key material; the shortest of the usual widths is 64, but a server may break lines elsewhere. */
const LONG = 40;
/** After so many lines without any material the key has ended, although nothing said so. */
const MOST_OTHER_LINES = 24;
/** Lines of other programs that a journal may show before a short last line. */
const MOST_BETWEEN = 3;
/** What may stand between two lines of material: a line's end, also as `\n`, and indentation. */
const BETWEEN = /(?:\\{1,8}[nrt]|[\s>|]){1,120}/y;
/** Nothing but material up to the end of the key. */
const TO_THE_END = /[A-Za-z0-9+/=\s\\]{1,3000}(?:-----END |---- END |Private-MAC:)/y;
/** Nothing more on this line, and the key's end on the next. */
const LAST_LINE = /(?:\\{1,8}[nr])?["']?[^\n"]{0,4}(?:",[^\n]{0,600})?\r?\n[^\n]{0,600}-----END /y;
const ALONE_ENDS = /[ \t]{0,8}(?:\r|\n|\\{1,8}[nr]|["']|$)/y;
const ALONE_BEGINS = /(?:^|\n|\\[nr])[ \t]{0,40}$|"(?:MESSAGE|message|msg|log)":"$/;
const PREFIXED = /[:\]|>][ \t]{1,8}$|"(?:MESSAGE|message|msg|log)":"$/;

/** What is remembered between lines of a key. */
export interface KeyWatch {
  /** Lines that were no material since the last that was. */
  readonly others: number;
  /** Material (or what begins a key) was but a few lines ago, so this may be a short last line. */
  readonly near: boolean;
  /** This line had material. */
  readonly had: boolean;
}

/** What to remember when a key, or the rest of one, begins here. */
export function keyBegins(text: string, place: number): KeyWatch | undefined {
  if (matches(BEGINS, text, place)) return { others: 0, near: true, had: true };
  return matches(OTHERS, text, place) ? { others: 0, near: false, had: false } : undefined;
}

/** The watch in the next line, or undefined when it is over. */
export function nextLine({ others, near, had }: KeyWatch): KeyWatch | undefined {
  if (had) return { others: 0, near: true, had: false };
  if (others >= MOST_OTHER_LINES) return undefined;
  return { others: others + 1, near: near && others < MOST_BETWEEN, had: false };
}

/** Where the next thing that matters to a watch may be: material, a line's end, or the key's end. */
export function nextOfKey(text: string, from: number, limit: number): number {
  for (let place = from; place < limit; place += 1) {
    const character = text.charCodeAt(place);
    if (character === 10 || character === 45) return place;
    if (MATERIAL[character] === 1 && MATERIAL[text.charCodeAt(place - 1)] !== 1) return place;
  }
  return limit;
}

export const endsKey = (text: string, place: number): boolean => matches(ENDS, text, place);

/** Where material begins that stands at this place, or -1. */
export function materialAt(text: string, place: number, { near }: KeyWatch): number {
  if (!isIn(MATERIAL, text, place) || isIn(MATERIAL, text, place - 1)) return -1;
  // In `\nMII…` the n belongs to the line's end.
  const start = text[place - 1] === '\\' && /[nr]/.test(text[place] ?? '') ? place + 1 : place;
  const end = runEnd(text, start);
  if (end - start >= LONG) return start;
  return near && end > start && isShortLine(text, start, end) ? start : -1;
}

function isShortLine(text: string, start: number, end: number): boolean {
  if (matches(TO_THE_END, text, start)) return true;
  const before = text.slice(Math.max(0, start - 48), start);
  const telling = /\d|=|[a-z][A-Z]/.test(text.slice(start, end));
  if (end - start >= 4 && telling && ALONE_BEGINS.test(before) && matches(ALONE_ENDS, text, end)) return true;
  return PREFIXED.test(before) && matches(LAST_LINE, text, end);
}

/** Where the run of material ends, as far as it can be seen. */
function runEnd(text: string, start: number): number {
  let end = start;
  while (end - start < LONG && isIn(MATERIAL, text, end)) end += 1;
  return end;
}

/** Over material and what joins its lines, as long as more material follows. */
export function materialRegion(text: string, at: number, limit: number): number {
  let place = at;
  while (place < limit) {
    if (isIn(MATERIAL, text, place)) {
      place += 1;
      continue;
    }
    const next = endOf(BETWEEN, text, place);
    if (next === -1 || next - place >= 120) return -1 - place;
    const goesOn = runEnd(text, next) - next >= LONG || (isIn(MATERIAL, text, next) && matches(TO_THE_END, text, next));
    if (!goesOn) return -1 - place;
    place = next;
  }
  return place;
}
