/** What is read of single words: substitutions inside them, and the word that is run. */

import type { Argument } from './argument.js';
import { isPlainName } from './characters.js';
import { normalPath } from './pattern.js';
import { type Flow, GENERATED, NOTHING, type Origin, ownFlow, type Scope } from './scope.js';
import type { ParsedScript } from './syntax.js';
import { walkScript } from './walk.js';

/** Judges the substitutions of words and names what is not known; answers where their text comes from, the worst first. */
export function noteDynamic(words: readonly Argument[], scope: Scope, flow: Flow): Origin {
  const { found } = scope;
  for (const kind of words.flatMap(({ dynamic }) => dynamic)) found.dynamic.add(kind);
  if (words.some(({ dynamic }) => dynamic.includes('evaluation'))) found.obscured.add('text that is evaluated again');
  return worst(words.flatMap(({ scripts }) => scripts).map((script) => originOf(script, scope, flow)));
}

/** A substitution is judged once, however many words it writes. */
export function originOf(script: ParsedScript, scope: Scope, flow: Flow): Origin {
  const known = scope.found.substituted.get(script);
  if (known) return known;
  scope.found.substituted.set(script, GENERATED);
  const inner = { ...scope, chain: [...scope.chain, '$()'] };
  const origin = walkScript(script, NOTHING, inner, ownFlow(flow));
  scope.found.substituted.set(script, origin);
  return origin;
}

/** The origin that says most against running it. */
export function worst(origins: readonly Origin[]): Origin {
  const order = ['download', 'generated', 'file', 'text', 'none'] as const;
  const kind = order.find((one) => origins.some((origin) => origin.kind === one));
  return origins.find((origin) => origin.kind === kind) ?? NOTHING;
}

/** A word that is run has to be readable as what it is. */
export function judgeCommandWord(word: Argument, scope: Scope): void {
  if (word.odd || !word.exact) scope.found.obscured.add('a command word that is not written out');
  else if (!isPlainName(word.pattern)) scope.found.obscured.add('a command word of other letters than it seems');
}

// The folders of programs that an executor's constant search path has.
const PROGRAM_FOLDER = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$/;

/** The program's name, or its path where it is in no folder of programs. */
export function resolveProgram(word: Argument, { folders }: Flow): { readonly name: string; readonly path?: string } {
  const text = word.pattern;
  if (!text.includes('/')) return { name: text };
  const path = normalPath(text, folders[0] ?? '/');
  const name = PROGRAM_FOLDER.exec(path)?.[1];
  return name === undefined ? { name: path, path } : { name };
}
