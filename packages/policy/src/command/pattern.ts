/** Paths that may be patterns: what is not known before a command runs is a wildcard in them. */

/** Anything at all; where lists are compared it stands for any part of one segment. */
export const ANY = '\uE000';
/** `*`: any run of characters without a slash. */
export const STAR = '\uE001';
/** `?`: one character that is no slash. */
export const ONE = '\uE002';
/** The login's home. */
export const HOME = '/~';

const WILD = /[\uE000-\uE002]/;
/** PATH_MAX of Linux: no file has a longer one. */
const LONGEST = 4_096;

export const isWild = (pattern: string): boolean => WILD.test(pattern);

/** As people and policy read it. */
export const shown = (pattern: string): string =>
  pattern.replaceAll(ANY, '**').replaceAll(STAR, '*').replaceAll(ONE, '?');

/** Absolute and without empty, `.` and `..` segments, as far as words alone can tell. */
export function normalPath(pattern: string, folder: string): string {
  const absolute = pattern.startsWith('/') || pattern.startsWith(ANY) ? pattern : `${folder}/${pattern}`;
  const kept: string[] = [];
  for (const step of absolute.slice(0, LONGEST).split('/')) {
    if (step === '..') kept.pop();
    else if (step !== '' && step !== '.') kept.push(step);
  }
  const joined = kept.join('/');
  return absolute.startsWith(ANY) && joined.startsWith(ANY) ? joined : `/${joined}`;
}

/** Every plain way to read a path: the home spelled out (as root's, and as that of any login `~`), `/proc/<pid>/root` looked through, an unknown beginning left out. */
export function readings(path: string): readonly string[] {
  const through = path.replace(/^(?:\/proc\/[^/]+(?:\/task\/[^/]+)?\/root)+(?=\/|$)/, '');
  const all = through === path ? [path] : [path, through === '' ? '/' : through];
  return all.flatMap((one) => {
    if (one === HOME || one.startsWith(`${HOME}/`)) {
      const below = one.slice(HOME.length);
      return [one, `/root${below}`, `/home/~${below}`];
    }
    const rest = one.startsWith(ANY) ? one.slice(1) : '';
    return rest.startsWith('/') ? [one, rest] : [one];
  });
}

/** Whether a pattern may be exactly this text. */
export const mayBe = (pattern: string, literal: string): boolean =>
  isWild(pattern) ? matches(pattern, literal, EXACTLY) : pattern === literal;

/** Whether a pattern may begin with this text. */
export const mayStartWith = (pattern: string, literal: string): boolean =>
  isWild(pattern) ? matches(pattern, literal, { ...EXACTLY, after: true }) : pattern.startsWith(literal);

/** Whether a pattern may have this text in it. A wildcard alone says nothing: some of the text has to be written, and its last character. */
export const mayContain = (pattern: string, literal: string): boolean =>
  isWild(pattern) ? matches(pattern, literal, { before: true, after: true, written: true }) : pattern.includes(literal);

interface How {
  readonly before: boolean;
  readonly after: boolean;
  readonly written: boolean;
}
const EXACTLY: How = { before: false, after: false, written: false };

/** Runs the pattern over the text; a state is a place in the text, twice: with and without a written character so far. */
function matches(pattern: string, literal: string, { before, after, written }: How): boolean {
  const end = literal.length;
  const runs = literal.length - (written ? 1 : 0);
  let at = closed(new Set([0]), pattern[0], literal, runs);
  for (let place = 0; place < pattern.length; place += 1) {
    const token = pattern[place];
    const next = new Set<number>();
    if (before && at.has(0)) next.add(0);
    for (const state of at) {
      const here = state >> 1;
      if (after && here === end) next.add(state);
      else if (isRun(token)) next.add(state);
      else if (here < end && token === ONE && literal[here] !== '/') next.add(state + 2);
      else if (here < end && token === literal[here]) next.add((here + 1) * 2 + (token === '/' ? state & 1 : 1));
    }
    at = closed(next, pattern[place + 1], literal, runs);
    if (at.size === 0) return false;
  }
  return at.has(end * 2 + 1) || (!written && at.has(end * 2));
}

const isRun = (token: string | undefined): boolean => token === STAR || token === ANY;

/** Where a run may have got to before the next token is read. `*` begins no hidden name. */
function closed(at: Set<number>, next: string | undefined, literal: string, runs: number): Set<number> {
  if (!isRun(next)) return at;
  for (let place = 0; place < runs; place += 1) {
    const hidden = next === STAR && literal[place] === '.' && literal[place - 1] === '/';
    if (literal[place] === '/' || hidden) continue;
    for (const touched of [0, 1]) if (at.has(place * 2 + touched)) at.add((place + 1) * 2 + touched);
  }
  return at;
}

/** Whether a path may be a folder or something in it. */
export const mayBeIn = (path: string, folder: string): boolean =>
  mayBe(path, folder) || mayStartWith(path, folder === '/' ? '/' : `${folder}/`);
