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

/** Every plain way to read a path: the home spelled out, `/proc/<pid>/root` looked through, an unknown beginning left out. */
export function readings(path: string): readonly string[] {
  const through = path.replace(/^(?:\/proc\/[^/]+(?:\/task\/[^/]+)?\/root)+(?=\/|$)/, '');
  const all = through === path ? [path] : [path, through === '' ? '/' : through];
  return all.flatMap((one) => {
    if (one === HOME || one.startsWith(`${HOME}/`)) {
      const below = one.slice(HOME.length);
      return [one, `/root${below}`, `/home/${STAR}${below}`];
    }
    const rest = one.startsWith(ANY) ? one.slice(1) : '';
    return rest.startsWith('/') ? [one, rest] : [one];
  });
}

export interface Around {
  readonly before?: boolean;
  readonly after?: boolean;
}

/** Whether a pattern may be this literal text, with anything before or after it where that is allowed. Time is length times length. */
export function mayBe(pattern: string, literal: string, { before = false, after = false }: Around = {}): boolean {
  if (!isWild(pattern)) {
    if (before) return after ? pattern.includes(literal) : pattern.endsWith(literal);
    return after ? pattern.startsWith(literal) : pattern === literal;
  }
  const end = literal.length;
  let at = closed(new Set([0]), pattern[0], literal);
  for (const [place, token] of [...pattern].entries()) {
    const next = new Set<number>();
    if (before && at.has(0)) next.add(0);
    if (after && at.has(end)) next.add(end);
    for (const here of at) {
      if (isRun(token)) next.add(here);
      else if (here < end && (token === ONE ? literal[here] !== '/' : literal[here] === token)) next.add(here + 1);
    }
    at = closed(next, pattern[place + 1], literal);
    if (at.size === 0) return false;
  }
  return at.has(end);
}

const isRun = (token: string | undefined): boolean => token === STAR || token === ANY;

/** Where a run may have got to before the next token is read. */
function closed(at: Set<number>, next: string | undefined, literal: string): Set<number> {
  if (!isRun(next)) return at;
  for (let place = 0; place < literal.length; place += 1) {
    if (at.has(place) && literal[place] !== '/') at.add(place + 1);
  }
  return at;
}

/** Whether a path may be a folder or something in it. */
export const mayBeIn = (path: string, folder: string): boolean =>
  mayBe(path, folder) || mayBe(path, folder === '/' ? '/' : `${folder}/`, { after: true });
