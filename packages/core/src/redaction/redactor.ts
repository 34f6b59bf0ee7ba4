/** Masks secrets in text before it leaves: known values first, shapes second. */

import { type KnownTable, knownTable, scanForKnown } from './known.js';
import { SECRET_RULES } from './patterns.js';
import type { SecretRule } from './rule.js';
import { type RuleTable, ruleTable, scanByRules } from './scan.js';
import { chain, gather, type Stage } from './stage.js';

export interface RedactorOptions {
  /** Every secret that was ever resolved: masked raw and in the encodings that text commonly carries. */
  readonly known?: readonly string[];
  /** Instead of all rules. */
  readonly rules?: readonly SecretRule[];
}

/** Masks text that comes in pieces. Joined, what comes out is what `createRedactor` answers for the joined text, wherever it was cut. */
export interface RedactionStream {
  /** The next piece; answers what is certain by now. It may hold back some 20,000 characters. */
  push(text: string): string;
  /** No more comes: answers the rest. */
  end(): string;
}

/** Answers a function that replaces each secret by `[redacted:<kind>]`; never its first or last characters, never its length. */
export function createRedactor(options: RedactorOptions = {}): (text: string) => string {
  const stage = stagesOf(options);
  return (text) => {
    if (text.length < SHORTEST_SECRET) return text;
    const made = stage();
    return made.push(text) + made.end();
  };
}

/** Nothing shorter is masked by anything. */
const SHORTEST_SECRET = 6;

/** Starts to mask a text that comes in pieces. */
export const createRedactionStream = (options: RedactorOptions = {}): RedactionStream => gather(stagesOf(options)());

let allRules: RuleTable | undefined;

function stagesOf({ known = [], rules }: RedactorOptions): () => Stage {
  const values: KnownTable | undefined = knownTable(known);
  if (rules === undefined) allRules ??= ruleTable(SECRET_RULES);
  const table = rules === undefined ? (allRules as RuleTable) : ruleTable(rules);
  if (values === undefined) return () => scanByRules(table);
  return () => chain(scanForKnown(values), scanByRules(table));
}
