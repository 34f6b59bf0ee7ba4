/** What to ask for instead of a command that was stopped. Advice: it changes no effect, and what it names is decided anew. */

import type { Alternative, CommandFacts, Decision } from '@meshclaw/core';
import { z } from 'zod';

/** One entry of `policies/data/alternatives.yaml`. */
export const alternativesSchema = z.array(
  z.strictObject({
    program: z.string().min(1),
    words: z.string().optional(),
    operation: z.string().min(1),
    /** The bounded command, where the operation is `command.run`. */
    command: z.string().min(1).optional(),
    why: z.string().min(1),
  }),
);
export type Alternatives = z.output<typeof alternativesSchema>;

/** Words of a longer command are not compared. */
const LONGEST = 1_024;

/** The first entry that fits a program of the command; none for what runs at once, and none where what was asked is refused for what it is about. */
export function alternativeTo(
  { effect, alternative, class: of }: Pick<Decision, 'effect' | 'alternative' | 'class'>,
  facts: CommandFacts,
  entries: Alternatives,
): Alternative | undefined {
  if (alternative !== undefined) return alternative;
  if (effect === 'read_state' || effect === 'auto_safe' || of === 'secret' || facts.secrets.length > 0)
    return undefined;
  if (facts.unparsed !== undefined || facts.obscured.length > 0) return undefined;
  for (const { name, words } of facts.programs) {
    const text = words.join(' ').slice(0, LONGEST);
    const found = entries.find((one) => one.program === name && (one.words === undefined || fits(one.words, text)));
    if (found) return { operation: found.operation, why: whyOf(found) };
  }
  return undefined;
}

const fits = (words: string, text: string): boolean => new RegExp(words, 'u').test(text);

const whyOf = ({ command, why }: Alternatives[number]): string => (command === undefined ? why : `${command}: ${why}`);
