/** Decisions that come out otherwise, a line each. */

import type { Flip } from '@meshclaw/policy/tools';
import { visibleLine } from './escape.js';

/** `milder   agent:codex file.chmod on web1: deny (any.freeze) → approval_required (authz.class_default)`. */
export function flipLine({ subject, operation, resource, before, after, milder, requestId }: Flip): string {
  const side = ({ effect, rules, demands }: Flip['before']) => `${effect} (${[...rules, ...demands].join(', ')})`;
  const direction = milder ? 'milder  ' : 'stricter';
  return visibleLine(
    `${direction} ${subject} ${operation} on ${resource}: ${side(before)} → ${side(after)}   ${requestId}`,
  );
}

/** How many in which direction. */
export function flipSummary(flips: readonly Flip[], asked: number): string {
  const milder = flips.filter((one) => one.milder).length;
  return `${asked} asked, ${milder} would be milder, ${flips.length - milder} stricter`;
}
