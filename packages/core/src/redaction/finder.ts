/** Finds where any of many literals stands, by skipping: the Wu-Manber way (1994) with blocks of two characters. */

/** Literals shorter than this are not taken: they would let nothing be skipped. */
export const SHORTEST_LITERAL = 3;

export interface Finder {
  /** The first place from `from` on and before `limit` where a literal may begin, or -1. */
  next(text: string, from: number, limit: number): number;
  /** Indices of the literals that stand at a place, longest first. */
  at(text: string, place: number): readonly number[];
}
export interface FinderOptions {
  readonly literals: readonly string[];
  /** Letters match in both cases. */
  readonly ignoreCase: boolean;
}

const NOTHING: readonly number[] = [];
/** A longer window lets more be skipped; beyond eight characters nothing is gained. */
const WIDEST_WINDOW = 8;

/** Builds the tables once. Characters beyond ASCII share a place with one of ASCII, which costs a look and finds nothing wrong. */
export function createFinder({ literals, ignoreCase }: FinderOptions): Finder {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const width = Math.min(WIDEST_WINDOW, ...literals.map(({ length }) => length));
  const { shifts, starts, longer } = tables(literals.map(fold), width, ignoreCase);
  const buckets = new Map<string, number[]>();
  for (const [index, literal] of literals.entries()) {
    const key = fold(literal).slice(0, SHORTEST_LITERAL);
    buckets.set(key, [...(buckets.get(key) ?? []), index]);
  }
  for (const bucket of buckets.values())
    bucket.sort((one, other) => (literals[other]?.length ?? 0) - (literals[one]?.length ?? 0));
  return {
    next: (text, from, limit) => {
      const last = Math.min(text.length, limit + width - 1);
      for (let end = from + width - 1; end < last; ) {
        const shift = shifts[((text.charCodeAt(end - 1) & 127) << 7) | (text.charCodeAt(end) & 127)] as number;
        if (shift > 0) end += shift;
        else if (mayBegin(starts, longer, text, end - width + 1)) return end - width + 1;
        else end += 1;
      }
      return -1;
    },
    at: (text, place) => {
      const bucket = buckets.get(fold(text.slice(place, place + SHORTEST_LITERAL)));
      if (bucket === undefined) return NOTHING;
      return bucket.filter((index) => {
        const literal = literals[index] ?? '';
        return ignoreCase
          ? fold(text.slice(place, place + literal.length)) === fold(literal)
          : text.startsWith(literal, place);
      });
    },
  };
}

const hash = (one: number, two: number, three: number): number =>
  (((one & 127) * 961) ^ ((two & 127) * 31) ^ (three & 127)) & 0xffff;

/** Five characters in a row, in one case, as far as it matters here. */
const hashOfFive = (text: string, place: number): number => {
  let sum = 0;
  for (let at = place; at < place + 5; at += 1) sum = (Math.imul(sum, 31) + (text.charCodeAt(at) & 31)) & 0xffff;
  return sum;
};

/** Three characters tell most places apart, five nearly all: words of a log begin like names of secrets. */
function mayBegin(starts: Uint8Array, longer: Uint8Array, text: string, place: number): boolean {
  const known = starts[hash(text.charCodeAt(place), text.charCodeAt(place + 1), text.charCodeAt(place + 2))];
  return known === SHORT || (known === LONG && longer[hashOfFive(text, place)] === 1);
}
/** What begins here may be a literal of less than five characters. */
const SHORT = 2;
const LONG = 1;

function tables(literals: readonly string[], width: number, ignoreCase: boolean) {
  const shifts = new Uint8Array(128 * 128).fill(width - 1);
  const starts = new Uint8Array(0x10000);
  const longer = new Uint8Array(0x10000);
  const cases = (character: string): readonly number[] =>
    (ignoreCase ? [character, character.toUpperCase()] : [character]).map((one) => one.charCodeAt(0));
  for (const literal of literals) {
    const codes = [...literal.slice(0, width)].map(cases);
    for (let place = 1; place < codes.length; place += 1) {
      for (const one of codes[place - 1] ?? [])
        for (const two of codes[place] ?? []) {
          const block = ((one & 127) << 7) | (two & 127);
          shifts[block] = Math.min(shifts[block] ?? 0, width - 1 - place);
        }
    }
    const found = literal.length < 5 ? SHORT : LONG;
    if (found === LONG) longer[hashOfFive(literal, 0)] = 1;
    for (const one of codes[0] ?? [])
      for (const two of codes[1] ?? [])
        for (const three of codes[2] ?? []) {
          const place = hash(one, two, three);
          starts[place] = Math.max(starts[place] ?? 0, found);
        }
  }
  return { shifts, starts, longer };
}
