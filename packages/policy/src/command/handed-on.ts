/** What a program of which nothing is known may be handed to run: the worst of it counts, and nothing of it excuses. */

import type { CommandEffectKind } from '@meshclaw/core';
import type { Argument } from './argument.js';
import { type Call, runInner } from './run-words.js';
import { DEEPEST, type Flow, type Found, NOTHING, ownFlow, type Scope } from './scope.js';
import { parseShell } from './syntax.js';
import { walkText } from './walk.js';

/** More words are not tried as the beginning of a command. */
const MOST_TRIED = 8;
const WORST: ReadonlySet<CommandEffectKind> = new Set<CommandEffectKind>([
  ...(['delete', 'truncate', 'write', 'alter', 'format', 'kernel', 'disclose', 'tamper', 'socket'] as const),
  ...(['run_download', 'grant'] as const),
]);

/** Adds what the words would do if the program ran them, from any word on that names a program, or as shell text. */
export function guessHandedOn({ program, args }: Call, scope: Scope, flow: Flow): void {
  if (scope.depth >= DEEPEST - 2) return;
  let tried = 0;
  for (const [place, word] of args.entries()) {
    if (tried >= MOST_TRIED) return;
    const rest = args.slice(place);
    const found = /\s/.test(word.pattern) ? asText(word, scope, flow) : asWords(rest, scope, flow);
    if (found === undefined) continue;
    tried += 1;
    for (const one of found.programs)
      for (const effect of one.effects) if (WORST.has(effect.kind)) program.effects.push(effect);
  }
}

function asWords(words: readonly Argument[], scope: Scope, flow: Flow): Found | undefined {
  const name = words[0]?.pattern.split('/').at(-1) ?? '';
  if (words.length < 2 || scope.models.get(name) === undefined) return undefined;
  const aside = asideOf(scope);
  runInner(words, NOTHING, aside, ownFlow(flow));
  return aside.found;
}

function asText({ pattern, exact }: Argument, scope: Scope, flow: Flow): Found | undefined {
  if (!exact || parseShell(pattern) === undefined) return undefined;
  const aside = asideOf(scope);
  walkText(pattern, NOTHING, aside, ownFlow(flow));
  return aside.found;
}

/** Facts of their own, so that a guess adds no program and no word that cannot be read. */
const asideOf = (scope: Scope): Scope => ({
  ...scope,
  depth: scope.depth + 1,
  assigned: new Map(scope.assigned),
  found: { ...scope.found, programs: [], dynamic: new Set(), obscured: new Set(), environment: [] },
});
