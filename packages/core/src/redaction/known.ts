/** Masks values that are known to be secret, in every form that text commonly carries them in. */

import { createFinder, type Finder } from './finder.js';
import { maskOf } from './rule.js';
import type { Stage } from './stage.js';

/** Shorter values would mask ordinary words. */
export const SHORTEST_KNOWN = 6;
/** A line of a longer value is looked for by itself too: logs print line by line. */
const SHORTEST_LINE = 16;
const KIND = 'known-value';

/** The tables of a set of values; made once for each set. */
export interface KnownTable {
  readonly finder: Finder;
  readonly forms: readonly string[];
  readonly longest: number;
}

/** Prepares the forms of each value; undefined when there is nothing to look for. */
export function knownTable(values: readonly string[]): KnownTable | undefined {
  const forms = formsOf(values);
  if (forms.length === 0) return undefined;
  const longest = Math.max(...forms.map(({ length }) => length));
  return { finder: createFinder({ literals: forms, ignoreCase: false }), forms, longest };
}

/** A stage that masks every occurrence of every form; occurrences that overlap are one. */
export function scanForKnown({ finder, forms, longest }: KnownTable): Stage {
  let text = '';
  let place = 0;
  let told = 0;
  let maskedUntil = -1;
  let out = '';
  const close = (): void => {
    out += maskOf(KIND);
    told = maskedUntil;
    maskedUntil = -1;
  };
  const scan = (limit: number): string => {
    while (place < limit) {
      const next = finder.next(text, place, limit);
      if (maskedUntil !== -1 && (next === -1 || next > maskedUntil)) {
        if (next === -1 && limit < maskedUntil) break;
        close();
      }
      if (next === -1) break;
      const [index] = finder.at(text, next);
      if (index !== undefined) {
        if (maskedUntil === -1) out += text.slice(told, next);
        maskedUntil = Math.max(maskedUntil, next + (forms[index]?.length ?? 0));
      }
      place = next + 1;
    }
    place = Math.max(place, limit);
    const open = maskedUntil !== -1;
    const given = open ? out : out + text.slice(told, Math.max(told, limit));
    if (!open) told = Math.max(told, limit);
    out = '';
    return given;
  };
  return {
    push: (more) => {
      text += more;
      const limit = text.length - longest;
      if (limit <= place) return '';
      const given = scan(limit);
      const keep = Math.min(place, maskedUntil === -1 ? told : place);
      text = text.slice(keep);
      place -= keep;
      told -= keep;
      if (maskedUntil !== -1) maskedUntil -= keep;
      return given;
    },
    end: () => {
      const given = scan(text.length);
      if (maskedUntil === -1) return given;
      close();
      const rest = given + out + text.slice(told);
      out = '';
      told = text.length;
      return rest;
    },
  };
}

/** Every form of every value, and of the lines of those that have several. */
function formsOf(values: readonly string[]): readonly string[] {
  const pieces = values.flatMap((value) => [value, value.trim(), ...linesOf(value)]);
  const forms = [...new Set(pieces)].filter(({ length }) => length >= SHORTEST_KNOWN).flatMap(encodings);
  return [...new Set(forms)].filter(({ length }) => length >= SHORTEST_KNOWN);
}

function linesOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}

function encodings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    ...[value, json, JSON.stringify(json).slice(1, -1)],
    ...[url, strict, url.replaceAll('%20', '+'), url.replace(/%../g, (code) => code.toLowerCase())],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64Forms(bytes)],
    // sh(1): inside of single quotes, of double quotes, and with backslashes as `printf %q` writes them.
    ...[value.replaceAll("'", "'\\''"), value.replaceAll("'", `'"'"'`), value.replace(/["$`\\]/g, '\\$&')],
    value.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ];
}

/** A value inside base64 text may begin at any of three alignments; the characters that depend on neighbours are cut off. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const stable = text.slice(shift === 0 ? 0 : shift + 1, text.length - ((shift + bytes.length) % 3 === 0 ? 0 : 1));
    return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
