/** A command in words: what each part of it would do, and what is not known. */

import type { CommandFacts } from '@meshclaw/core';

/** One line a program with what it does; then what keeps the whole from being read. */
export function commandLines(facts: CommandFacts): readonly string[] {
  if (facts.unparsed !== undefined) return [`not read: ${facts.unparsed}`];
  const programs = facts.programs.flatMap(({ name, chain, effects, unknown }) => {
    const started = chain.length === 0 ? name : `${name} (started by ${chain.join(', ')})`;
    const does = effects.map(({ kind, path, target, marks }) => {
      const on = marks.length === 0 ? '' : ` (${marks.join(', ')})`;
      return `${started}: ${kind.replaceAll('_', ' ')} ${path ?? target ?? ''}${on}`;
    });
    const unclear = unknown.map((what) => `${started}: not known: ${what}`);
    return does.length + unclear.length === 0 ? [`${started}: nothing but its output`] : [...does, ...unclear];
  });
  return [
    ...programs,
    ...facts.dynamic.map((what) => `only known when it runs: ${what.replaceAll('_', ' ')}`),
    ...facts.obscured.map((what) => `hidden: ${what}`),
  ];
}
