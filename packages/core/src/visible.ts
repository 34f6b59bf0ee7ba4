/** Makes visible what a terminal or an eye would not show: control, bidi, zero-width and tag characters. */

/** Unicode's own classes: control, format, lone surrogate, private use, line and paragraph separators, and all that is ignorable by default. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escapeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of several lines, with everything invisible but newline and tab as `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : escapeOf(character)));

/** Text for one line: newline and tab are escapes too. */
export const visibleLine = (text: string): string =>
  visible(text.replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t')));

/** JSON text whose strings hold no raw invisible character; it parses to the same value. */
export const visibleJson = (json: string): string =>
  // Strings of JSON text hold no raw newline; those that are there lay it out.
  json.replace(INVISIBLE, (character) => (character === '\n' ? character : character.split('').map(unitOf).join('')));

const unitOf = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
