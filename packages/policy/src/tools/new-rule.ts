/** A new rule for an owner's folder: its files as text, which compile, pass their tests and are covered as they are. */

import { loadToolData } from './shipped-data.js';

/** A rule's id, as `service.nights`. */
export const RULE_ID = /^[a-z][a-z0-9]*\.[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** The files of a new rule, by path below the owner's folder; undefined when the id is not one. */
export function newRule(id: string): Readonly<Record<string, string>> | undefined {
  if (!RULE_ID.test(id)) return undefined;
  const [noun = '', name = ''] = id.split('.');
  const sentence = name.replaceAll('_', ' ');
  const words = [
    ['sample_noun', noun],
    ['sample_name', name],
    ['Sample name', `${sentence[0]?.toUpperCase()}${sentence.slice(1)}`],
  ] as const;
  const filled = (text: string) => words.reduce((before, [sample, word]) => before.replaceAll(sample, word), text);
  return Object.fromEntries(
    Object.entries(loadToolData().rule).map(([file, text]) => [`rules/${noun}/${name}/${filled(file)}`, filled(text)]),
  );
}
