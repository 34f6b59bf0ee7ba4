/** Asks the shipped policy about command text, as an agent that would run it. */

import { readFileSync } from 'node:fs';
import type { Decision, Effect } from '@meshclaw/core';
import { openPolicy, type Policy } from '@meshclaw/policy';

export interface Row {
  readonly id: string;
  readonly category: string;
  readonly command: string;
  readonly expected: Effect;
  readonly why: string;
}
export const ORDER: readonly Effect[] = ['read_state', 'auto_safe', 'approval_required', 'deny'];
export const strictness = (effect: Effect): number => ORDER.indexOf(effect);
export const isFree = (effect: Effect): boolean => effect === 'read_state' || effect === 'auto_safe';

const readRows = (name: string): readonly Row[] =>
  readFileSync(new URL(`${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

/** The rows of the corpus. */
export const rows: readonly Row[] = readRows('commands');
/** Every set of rows by its name; the later two were written before any of them was judged. */
export const sets: Readonly<Record<string, readonly Row[]>> = {
  commands: rows,
  unseen: readRows('unseen'),
  blind: readRows('blind'),
};
/** What may not run freely. Nothing, written differently, is still nothing. */
export const dangerous = (of: readonly Row[]): readonly Row[] =>
  of.filter(({ command, expected }) => !isFree(expected) && command !== '');

const opened: Promise<Policy> = Promise.resolve(openPolicy()).then((policy) => policy._unsafeUnwrap());

/** The decision for text in a shell. */
export const askText = (text: string, shell: 'sh' | 'bash' = 'sh'): Promise<Decision> =>
  askWords([shell, '-c', text], { text, shell });

/** The decision for words without a shell. */
export async function askWords(argv: readonly string[], properties: object = { argv }): Promise<Decision> {
  const policy = await opened;
  return policy.decide({
    requestId: 'corpus',
    subject: { type: 'agent', id: 'corpus' },
    action: { name: 'command.run', class: 'judged', properties: properties as never, argv },
    resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: 'execute',
      surface: 'mcp',
      freeze: false,
      exposed: false,
      recent: { 'command.run': 0 },
    },
  });
}
