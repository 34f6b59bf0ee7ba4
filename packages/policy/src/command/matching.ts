/** Whether a pattern may be, begin with or have in it a literal text: all ways at once, as bits, in time linear in the pattern. */

import { ANY, isWild, ONE, STAR } from './wildcards.js';

/** Where the literal may stand in what the pattern becomes, and whether some of it has to be written. */
export interface How {
  readonly before: boolean;
  readonly after: boolean;
  /** Some of the literal has to be written, and its last character: a wildcard alone says nothing. */
  readonly written: boolean;
}
export const WHOLE: How = { before: false, after: false, written: false };
export const BEGINNING: How = { before: false, after: true, written: false };
export const ANYWHERE: How = { before: true, after: true, written: true };

/** A literal's places by character. Bit n is the place before its nth character; the last bit is its end. */
interface Places {
  readonly end: number;
  readonly of: ReadonlyMap<string, number>;
  readonly noSlash: number;
  /** Places that a run may pass, for `*` (which begins no hidden name) and for anything. */
  readonly star: number;
  readonly any: number;
}
/** Literals come from a policy's lists, so there are only so many. */
const known = new Map<string, Places>();
/** Places that fit a number's bits; the few literals that are longer are compared place by place. */
const LONGEST = 29;

/** Whether the pattern may be so. It has a wildcard. */
export function matches(pattern: string, literal: string, how: How): boolean {
  if (how.before && literal !== '' && pattern.includes(literal)) return true;
  const first = pattern.search(/[\uE000-\uE002]/);
  if (!how.before && !agree(pattern.slice(0, first), literal, how.after)) return false;
  const part = how.before ? around(pattern, first, literal.length) : pattern;
  return literal.length > LONGEST ? step(part, literal, how) : run(part, placesOf(literal, how), how);
}

/** Whether what is written before the first wildcard fits. */
const agree = (written: string, literal: string, longer: boolean): boolean =>
  literal.startsWith(written) || (longer && written.startsWith(literal));

/** All of a pattern that a match with a wildcard in it can reach. */
function around(pattern: string, first: number, reach: number): string {
  let last = pattern.length - 1;
  while (!isWild(pattern[last] ?? '')) last -= 1;
  return pattern.slice(Math.max(0, first - reach), last + reach + 1);
}

function placesOf(literal: string, { written }: How): Places {
  const key = `${written ? 1 : 0}${literal}`;
  const before = known.get(key);
  if (before) return before;
  const of = new Map<string, number>();
  for (let place = 0; place < literal.length; place += 1)
    of.set(literal[place] ?? '', (of.get(literal[place] ?? '') ?? 0) | (1 << place));
  const noSlash = ((1 << literal.length) - 1) & ~(of.get('/') ?? 0);
  const hidden = (of.get('.') ?? 0) & ((of.get('/') ?? 0) << 1);
  const any = noSlash & ((1 << Math.max(0, literal.length - (written ? 1 : 0))) - 1);
  const made = { end: 1 << literal.length, of, noSlash, any, star: any & ~hidden };
  known.set(key, made);
  return made;
}

/** Runs the pattern over the literal; a place is reached with or without a written character so far. */
function run(pattern: string, places: Places, { before, after, written }: How): boolean {
  const { end, of, noSlash } = places;
  let bare = flooded(1, pattern[0], places);
  let touched = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const token = pattern[at] ?? '';
    let [nextBare, nextTouched] = after ? [bare & end, touched & end] : [0, 0];
    if (before) nextBare |= bare & 1;
    if (token === STAR || token === ANY) {
      nextBare |= bare;
      nextTouched |= touched;
    } else if (token === ONE) {
      nextBare |= (bare & noSlash) << 1;
      nextTouched |= (touched & noSlash) << 1;
    } else {
      const here = of.get(token) ?? 0;
      if (token === '/') nextBare |= (bare & here) << 1;
      else nextTouched |= (bare & here) << 1;
      nextTouched |= (touched & here) << 1;
    }
    bare = flooded(nextBare, pattern[at + 1], places);
    touched = flooded(nextTouched, pattern[at + 1], places);
    if ((bare | touched) === 0) return false;
  }
  return (touched & end) !== 0 || (!written && (bare & end) !== 0);
}

/** Where a run may have got to before the next token is read. */
function flooded(at: number, next: string | undefined, { any, star }: Places): number {
  if (next !== STAR && next !== ANY) return at;
  const passable = next === STAR ? star : any;
  let reached = at;
  for (let more = -1; more !== 0; reached |= more) more = ((reached & passable) << 1) & ~reached;
  return reached;
}

/** The same for a literal that is longer: a state is a place in it, twice, for without and with a written character. */
function step(pattern: string, literal: string, { before, after, written }: How): boolean {
  const end = literal.length;
  const runs = end - (written ? 1 : 0);
  let at = spread(new Set([0]), pattern[0], literal, runs);
  for (let place = 0; place < pattern.length; place += 1) {
    const token = pattern[place];
    const next = new Set<number>();
    if (before && at.has(0)) next.add(0);
    for (const state of at) {
      const here = state >> 1;
      if (after && here === end) next.add(state);
      else if (token === STAR || token === ANY) next.add(state);
      else if (here < end && token === ONE && literal[here] !== '/') next.add(state + 2);
      else if (here < end && token === literal[here]) next.add((here + 1) * 2 + (token === '/' ? state & 1 : 1));
    }
    at = spread(next, pattern[place + 1], literal, runs);
    if (at.size === 0) return false;
  }
  return at.has(end * 2 + 1) || (!written && at.has(end * 2));
}

function spread(at: Set<number>, next: string | undefined, literal: string, runs: number): Set<number> {
  if (next !== STAR && next !== ANY) return at;
  for (let place = 0; place < runs; place += 1) {
    const hidden = next === STAR && literal[place] === '.' && literal[place - 1] === '/';
    if (literal[place] === '/' || hidden) continue;
    for (const touched of [0, 1]) if (at.has(place * 2 + touched)) at.add((place + 1) * 2 + touched);
  }
  return at;
}
