/** What the record still says of a target, and how old that is. */

import type { Fact } from '@meshclaw/core';

/** The newest recorded fact. `observedAt` is ISO 8601 UTC; `ageSeconds` counts from it to now. */
export interface LastKnown {
  readonly observedAt: string;
  readonly ageSeconds: number;
}

/** The newest of these facts, `null` when there is none. */
export function lastKnown(facts: Readonly<Record<string, Fact>>, now: string): LastKnown | null {
  const newest = Object.values(facts)
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
  return newest === undefined ? null : { observedAt: newest, ageSeconds: secondsBetween(newest, now) };
}

/** Whole seconds from one ISO 8601 time to another; never below zero. */
export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
