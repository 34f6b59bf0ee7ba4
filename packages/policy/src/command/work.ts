/** How much reading a command takes. What takes more than anybody's command does is not read, and so denied. */

/** Steps taken so far; about one for each character that is looked at closely. */
export interface Work {
  steps: number;
  readonly most: number;
}

/** Steps for a character that begins or ends a part of a word. */
const ACTIVE_STEPS = 8;
/** What the parser reads at once goes no deeper (unbash 6.0.4, MAX_SYNTAX_NESTING). */
const DEEPEST_PARSED = 256;

/** Thrown where reading ends early; the judge answers it with text that was not read. */
export const TOO_COMPLEX: unique symbol = Symbol('too complex');

/** Ten times what the longest command in `test/corpora` takes, and a few milliseconds at worst (`bench/command.mjs`). */
export const MOST_STEPS = 32_000;

// What makes the parser look into text; it does so when the parts of a word are asked for, again at each depth.
const ACTIVE = /["'`$\\*?[{~<>@+!]/g;
// Arithmetic and parameters with more than a name are read at once, all that is nested in them too.
const ARITHMETIC = /\(\((?![^()"'`$\\]*\)\))/g;
const PARAMETER = /\$\{(?!\w*\})/g;
const HERE_DOCUMENT = /<</g;

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Steps for asking for the parts of a word or here-document. */
export function stepsOfWord(text: string): number {
  const active = count(text, ACTIVE);
  if (active === 0) return 8 + text.length;
  const nested = Math.min(count(text, ARITHMETIC) + count(text, PARAMETER) / 8, DEEPEST_PARSED);
  const arithmetic = 128 * count(text, /\$\(\(/g);
  return 8 + Math.ceil(text.length * (1 + nested)) + ACTIVE_STEPS * active + arithmetic;
}

/** Steps for parsing a script, without what is in its words. */
export const stepsOfScript = (text: string): number => Math.ceil(text.length / 4) + 64 * count(text, HERE_DOCUMENT);

/** Takes steps, or throws `TOO_COMPLEX`. Called before the work is done, never after it. */
export function spend(work: Work, steps: number): void {
  work.steps += steps;
  if (work.steps > work.most) throw TOO_COMPLEX;
}
