/** From what was found to the facts as policy reads them. */

import type { CommandEffect, CommandEffectKind, CommandFacts, PathMark } from '@meshclaw/core';
import type { Found } from './scope.js';

const MISREAD = { programs: [], reads: [], writes: [], deletes: [], executes: [], connects: [], signals: [] };

/** The facts of a text that could not be read. */
export const unparsedFacts = (shell: CommandFacts['shell'], why: string): CommandFacts => ({
  ...{ shell, unparsed: why, dynamic: [], obscured: [], environment: [], secrets: [], catastrophic: [] },
  ...structuredClone(MISREAD),
});

/** The facts of everything that was found. */
export function gather(shell: CommandFacts['shell'], found: Found): CommandFacts {
  const effects = found.programs.flatMap((program) => program.effects);
  const named = (...kinds: readonly CommandEffectKind[]): string[] =>
    unique(effects.filter(({ kind }) => kinds.includes(kind)).map(({ path, target }) => path ?? target ?? ''));
  return {
    shell,
    dynamic: [...found.dynamic].sort(),
    obscured: [...found.obscured].sort(),
    environment: found.environment,
    programs: found.programs.map((program) => ({
      ...program,
      chain: [...program.chain],
      words: [...program.words],
      unknown: unique(program.unknown),
    })),
    reads: named('read'),
    writes: named('write', 'truncate', 'alter'),
    deletes: named('delete'),
    executes: named('execute'),
    connects: named('connect', 'lookup', 'socket'),
    signals: named('signal'),
    secrets: unique(effects.filter(isSecret).map(({ path, target }) => path ?? target ?? '')),
    catastrophic: unique(effects.filter(isCatastrophic).map(({ kind, path, target }) => `${kind} ${path ?? target}`)),
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
const has = ({ marks }: CommandEffect, ...wanted: readonly PathMark[]): boolean =>
  wanted.some((mark) => marks.includes(mark));

/** What tells a secret: its content is read, sent or handed to something that nothing is known about. */
function isSecret(effect: CommandEffect): boolean {
  if (effect.kind === 'disclose') return true;
  return ['read', 'send', 'use', 'execute'].includes(effect.kind) && has(effect, 'secret', 'metadata');
}

/** What cannot be taken back and takes the machine, a disk or a whole tree with it. */
function isCatastrophic(effect: CommandEffect): boolean {
  const { kind, tree, target } = effect;
  if (['format', 'kernel', 'halt', 'fork_bomb'].includes(kind)) return true;
  if (kind === 'signal') return target === '1' || target === '-1';
  if (kind === 'delete' || kind === 'truncate') return has(effect, 'tree', 'device');
  return (kind === 'alter' && tree && has(effect, 'tree')) || (kind === 'write' && has(effect, 'device'));
}
