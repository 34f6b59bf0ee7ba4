/** What a tool has to say about one place. */

import type { Place } from '../place.js';

export const LEVELS = ['error', 'warning', 'note'] as const;
/** `note` is worth knowing and never fails a run. */
export type Level = (typeof LEVELS)[number];

/** One finding; `rule` names the check, not a rule of the policy. */
export interface PolicyFinding extends Place {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
}

/** Findings by file and place, the order in which people mend them. */
export const byPlace = (findings: readonly PolicyFinding[]): readonly PolicyFinding[] =>
  findings.toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.row - b.row || a.column - b.column || a.rule.localeCompare(b.rule),
  );
