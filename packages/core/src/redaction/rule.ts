/** What a rule of redaction is: literals that stand in every match, and a look around one of them. */

import type { Region } from './region.js';

/** A rule may look this far ahead of a literal, and begin to mask this far before it. Longer ones would be decided differently when text comes in pieces. */
export const LOOK_AHEAD = 4_096;
export const LOOK_BACK = 64;

/** What is to be masked. It begins at `start` and ends at `end` or, when that is further than can be seen, where its region does. */
export interface Found {
  readonly kind: string;
  readonly start: number;
  readonly reach:
    | { readonly end: number }
    | { readonly region: Region /** Where the region begins, when not at `start`. */; readonly from?: number };
  /** Put around the mask: JSON stays JSON when a number is masked. */
  readonly quote?: string;
}

/** A kind of secret. `look` is linear, looks at most `LOOK_AHEAD` characters ahead, and remembers nothing. */
export interface SecretRule {
  readonly kind: string;
  /** One of them stands in every match; upper and lower case are not told apart when they are looked for. */
  readonly literals: readonly string[];
  look(text: string, place: number, literal: string): Found | undefined;
}

/** What stands in the place of a secret: its kind, nothing of its characters, not its length. */
export const maskOf = (kind: string): string => `[redacted:${kind}]`;
