/** How far a masked value reaches: each region runs over its characters one after the other, so it may come in pieces. */

/** Goes on from `at` and stops at `limit`, or earlier where the value ends: then the answer is the place as `-1 - place`. May look `LOOK_AHEAD` characters ahead. */
export type Region = (text: string, at: number, limit: number) => number;

const ended = (place: number): number => -1 - place;

/** A set of ASCII characters as a table. */
export function characters(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));
}

export const WORD: Uint8Array = characters(/\w/);
const SPACE = characters(/\s/);
const ALPHANUMERIC = characters(/[A-Za-z0-9]/);

/** Whether the character at this place is in the set; what is beyond the text is not. */
export const isIn = (set: Uint8Array, text: string, place: number): boolean => set[text.charCodeAt(place)] === 1;

/** As long as the characters are of one set. */
export const runOf =
  (set: Uint8Array): Region =>
  (text, at, limit) => {
    let place = at;
    while (place < limit && isIn(set, text, place)) place += 1;
    return place < limit ? ended(place) : place;
  };

/** What follows the string of JSON that a header stands in. */
const JSON_GOES_ON = /\\{0,7}"[ \t]{0,4}(?:,[ \t]{0,4}\\{0,7}"|[}\]])/y;
const QUOTE_ENDS = /\\{0,7}["'](?:[\s,}\])]|$)/y;

/** To the end of the line, or of the string of JSON that the line stands in. With `quotes` any quote that ends something ends it. */
export const restOfLine =
  (quotes: boolean): Region =>
  (text, at, limit) => {
    let place = at;
    for (; place < limit; place += 1) {
      const character = text[place];
      if (character === '\n' || character === '\r') return ended(place);
      if (character !== '"' && character !== "'" && character !== '\\') continue;
      if (matches(JSON_GOES_ON, text, place) || (quotes && matches(QUOTE_ENDS, text, place))) return ended(place);
    }
    return place;
  };

/** More backslashes in a row are no escape of anything. */
const MOST_BACKSLASHES = 64;

/** How many backslashes stand here. */
export function backslashesAt(text: string, place: number): number {
  let count = 0;
  while (count < MOST_BACKSLASHES && text[place + count] === '\\') count += 1;
  return count;
}

/** To the quote that ends what a quote behind `level` backslashes began: JSON inside of JSON escapes its quotes once more. A line's end ends it too. */
export const quoted =
  (quote: string, level: number): Region =>
  (text, at, limit) => {
    let place = at;
    while (place < limit) {
      const character = text[place];
      if (character === '\n' || character === '\r') return ended(place);
      const count = character === '\\' ? backslashesAt(text, place) : 0;
      if (text[place + count] !== quote) {
        if (character === '-' && text.startsWith('-----BEGIN ', place)) return ended(place);
        place += Math.max(1, count);
      } else if (count < level) {
        return ended(place);
      } else if (count % (2 * (level + 1)) === level) {
        // What the shell writes for a quote inside of quotes: the value goes on.
        if (quote !== "'" || level > 0 || !text.startsWith("'\\''", place + count)) return ended(place + count - level);
        place += count + 4;
      } else {
        place += count + 1;
      }
    }
    return place;
  };

/** What may begin after a comma, a semicolon, an ampersand or a line's end that is told as `\n`: the next name and its value. */
const NEXT_NAME = /[ \t]{0,4}(?:[A-Za-z_][\w.-]{0,40}[=:]|\\{0,7}["'`]|[\s{}[\]()]|$)/y;
const NEXT_LINE = /\\{1,8}[nrt](?:[A-Za-z_#][\w.-]{0,40}[=: ]|\\|["'`\s[]|$)/y;

/** A value without quotes: to white space, a quote that ends something, or what begins the next name and value. */
export const bare: Region = (text, at, limit) => {
  let place = at;
  while (place < limit) {
    const length = bareStep(text, place);
    if (length === 0) return ended(place);
    place += length;
  }
  return place;
};

function bareStep(text: string, place: number): number {
  const character = text[place] ?? '';
  if (isIn(SPACE, text, place)) return 0;
  switch (character) {
    case '\\': {
      if (matches(NEXT_LINE, text, place)) return 0;
      const count = backslashesAt(text, place);
      return isQuote(text[place + count]) ? (endsAfter(text, place + count) ? 0 : count + 1) : count;
    }
    case '"':
    case "'":
    case '`':
      return endsAfter(text, place) ? 0 : 1;
    case ',':
    case ';':
    case '&':
      return matches(NEXT_NAME, text, place + 1) ? 0 : 1;
    case '<':
      return text[place + 1] === '/' ? 0 : 1;
    case ')':
    case '}':
    case ']':
      return text[place + 1] === undefined || /[\s,;)}\]"'\\]/.test(text[place + 1] ?? '') ? 0 : 1;
    case '-':
      return text.startsWith('-----BEGIN ', place) ? 0 : 1;
    default:
      return 1;
  }
}

const isQuote = (character: string | undefined): boolean => character === '"' || character === "'" || character === '`';
/** A quote in front of a letter or a digit stands inside of a word. */
const endsAfter = (text: string, place: number): boolean => !isIn(ALPHANUMERIC, text, place + 1);

/** Whether a sticky expression matches at this place. */
export function matches(expression: RegExp, text: string, place: number): boolean {
  expression.lastIndex = place;
  return expression.test(text);
}

/** Where a sticky expression's match that begins here ends, or -1. */
export function endOf(expression: RegExp, text: string, place: number): number {
  expression.lastIndex = place;
  return expression.test(text) ? expression.lastIndex : -1;
}
