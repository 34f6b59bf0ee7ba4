/** The class of a command, from its facts: the worst that any of its effects is. */

import type { CommandEffect, CommandFacts, OperationClass } from '@meshclaw/core';

/** Effects that change nothing and tell nothing that has to be kept. */
const READS: ReadonlySet<string> = new Set(['read', 'list', 'lookup']);
const DESTROYS: ReadonlySet<string> = new Set(['delete', 'truncate', 'format']);
const REVEALS: ReadonlySet<string> = new Set(['reveal', 'disclose']);

type CommandClass = Exclude<OperationClass, 'judged' | 'spend'>;

/** `read` only where everything is known and only reads; what is not known is a write. */
export function classOf(facts: CommandFacts): CommandClass {
  const effects = facts.programs.flatMap((program) => program.effects);
  if (effects.some(({ kind }) => DESTROYS.has(kind))) return 'destructive';
  if (effects.some(isSecret)) return 'secret';
  return isProvedRead(facts, effects) ? 'read' : 'write';
}

const isSecret = ({ kind, marks }: CommandEffect): boolean =>
  REVEALS.has(kind) ||
  (['read', 'send', 'use'].includes(kind) && marks.some((mark) => mark === 'secret' || mark === 'sensitive'));

function isProvedRead(facts: CommandFacts, effects: readonly CommandEffect[]): boolean {
  return (
    facts.unparsed === undefined &&
    facts.programs.length > 0 &&
    facts.dynamic.length === 0 &&
    facts.obscured.length === 0 &&
    facts.environment.every(({ kind }) => kind === 'harmless') &&
    facts.programs.every(({ unknown }) => unknown.length === 0) &&
    effects.every(
      ({ kind, marks }) =>
        READS.has(kind) && (kind === 'list' || (!marks.includes('device') && !marks.includes('metadata'))),
    )
  );
}
