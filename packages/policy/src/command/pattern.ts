/** Paths that may be patterns: what is not known before a command runs is a wildcard in them. */

import { ANYWHERE, BEGINNING, matches, WHOLE } from './matching.js';
import { ANY, isWild, ONE, STAR } from './wildcards.js';

export { ANY, isWild, ONE, STAR };

/** The login's home. */
export const HOME = '/~';

/** PATH_MAX of Linux: no file has a longer one. */
const LONGEST = 4_096;

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
  isWild(pattern) ? matches(pattern, literal, WHOLE) : pattern === literal;

/** Whether a pattern may begin with this text. */
export const mayStartWith = (pattern: string, literal: string): boolean =>
  isWild(pattern) ? matches(pattern, literal, BEGINNING) : pattern.startsWith(literal);

/** Whether a pattern may have this text in it. A wildcard alone says nothing: some of the text has to be written, and its last character. */
export const mayContain = (pattern: string, literal: string): boolean =>
  isWild(pattern) ? matches(pattern, literal, ANYWHERE) : pattern.includes(literal);

/** Whether a path may be a folder or something in it. */
export const mayBeIn = (path: string, folder: string): boolean =>
  mayBe(path, folder) || mayStartWith(path, folder === '/' ? '/' : `${folder}/`);
