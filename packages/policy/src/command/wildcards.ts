/** What stands in a pattern for text that is not known before a command runs. */

/** Anything at all; where lists are compared it stands for any part of one segment. */
export const ANY = '\uE000';
/** `*`: any run of characters without a slash. */
export const STAR = '\uE001';
/** `?`: one character that is no slash. */
export const ONE = '\uE002';

const WILD = /[\uE000-\uE002]/;
let last = { pattern: '', wild: false };

/** Whether a pattern has a wildcard. The same pattern is asked about many times in a row. */
export function isWild(pattern: string): boolean {
  if (last.pattern !== pattern) last = { pattern, wild: WILD.test(pattern) };
  return last.wild;
}
