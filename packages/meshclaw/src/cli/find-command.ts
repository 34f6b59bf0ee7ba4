/** Which command the words mean: our own, or the one of a workflow. */

import { nearest } from '../home/nearest.js';
import type { Command, CommandEntry } from './command.js';

/** The command, and the words that are left for it. */
export interface Found {
  readonly entry: CommandEntry;
  readonly words: readonly string[];
}

/** Finds the longest name that the words begin with. Workflows are looked at only when no command of ours fits. */
export async function findCommand(
  words: readonly string[],
  own: readonly CommandEntry[],
  workflows: () => Promise<readonly CommandEntry[]>,
): Promise<Found | { readonly unknown: string; readonly near: string | undefined }> {
  const ours = longest(words, own);
  if (ours) return ours;
  const others = await workflows();
  const found = longest(words, others);
  if (found) return found;
  const all = [...own, ...others].map(({ name }) => name);
  const grouped = words.slice(0, 2).join(' ');
  const known = all.some((name) => name.startsWith(`${words[0]} `));
  return { unknown: known ? grouped : (words[0] ?? ''), near: nearest(known ? grouped : (words[0] ?? ''), all) };
}

function longest(words: readonly string[], entries: readonly CommandEntry[]): Found | undefined {
  const fitting = entries
    .filter(({ name }) => name.split(' ').every((word, place) => words[place] === word))
    .toSorted((a, b) => b.name.length - a.name.length);
  const [entry] = fitting;
  return entry && { entry, words: words.slice(entry.name.split(' ').length) };
}

/** A command that is made rather than loaded from a file. */
export const entryOf = ({ run, ...spec }: Command): CommandEntry => ({
  ...spec,
  load: async () => ({ command: { ...spec, run } }),
});
