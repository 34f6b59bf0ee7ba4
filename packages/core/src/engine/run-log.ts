/** What happened in one run of a workflow, collected where it happens, so that no author can leave it out. */

import type { Refusal } from '../refusal.js';
import type { Performed, PerformOptions } from '../workflow.js';

export interface RunLog {
  /** Keeps an answer's evidence. */
  answered(performed: Performed<unknown>): void;
  /** Keeps a refusal; it becomes a problem of the report unless the call expected it. */
  refused(refusal: Refusal, options?: PerformOptions): void;
  readonly targets: ReadonlySet<string>;
  readonly problems: readonly Refusal[];
  readonly evidence: readonly string[];
  readonly answers: number;
}

/** An empty log. Equal problems of one target are kept once. */
export function createRunLog(): RunLog {
  const targets = new Set<string>();
  const problems = new Map<string, Refusal>();
  const evidence = new Set<string>();
  let answers = 0;
  const keep = (target: string, ids: readonly string[]) => {
    targets.add(target);
    for (const id of ids) evidence.add(id);
  };
  return {
    answered: (performed) => {
      answers += 1;
      keep(performed.target, performed.evidence);
    },
    refused: (refusal, options) => {
      keep(refusal.target, refusal.evidence);
      if (options?.expects?.includes(refusal.kind)) return;
      problems.set(keyOf(refusal), refusal);
    },
    targets,
    get problems() {
      return [...problems.values()];
    },
    get evidence() {
      return [...evidence].sort((a, b) => Number(a) - Number(b));
    },
    get answers() {
      return answers;
    },
  };
}

/** A target that nobody knows is one problem, however many operations were wanted of it. */
const keyOf = ({ kind, operation, target }: Refusal): string =>
  kind === 'unknown_target' ? `${kind} ${target}` : `${kind} ${operation} ${target}`;
