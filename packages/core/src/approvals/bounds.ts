/** A bounded grant: several uses that one signature allows, with every bound written out. It is digested like a plan and granted by the same statement. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../digest.js';
import type { JsonValue } from '../json.js';

/** Longer or more often than this is a rule, and belongs into policy. */
export const MOST_BOUNDED_USES = 50;
export const MOST_BOUNDED_MINUTES = 1_440;

const names = z.array(z.string().min(1).max(256)).min(1).max(20).readonly();
const schema = z.strictObject({
  v: z.literal(1),
  subject: z.strictObject({ type: z.enum(['agent', 'human', 'schedule', 'ci']), id: z.string().min(1).max(256) }),
  operations: names,
  targets: names,
  uses: z.int().min(1).max(MOST_BOUNDED_USES),
  minutes: z.int().min(1).max(MOST_BOUNDED_MINUTES),
});

/** Who may do what, where, how often and for how long. Nothing in it is a pattern. Operations and targets are sorted and each is named once. */
export type Bounds = Readonly<z.output<typeof schema>>;

/** Bounds in their one form; undefined when one of them is missing, empty or too large. */
export function parseBounds(value: unknown): Bounds | undefined {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return undefined;
  const { operations, targets } = parsed.data;
  return { ...parsed.data, operations: sorted(operations), targets: sorted(targets) };
}

const sorted = (list: readonly string[]): string[] => [...new Set(list)].sort();

/** SHA-256("meshclaw-bounds/1\0" ‖ RFC 8785 text), hex: what an approver signs. */
export const boundsDigest = (bounds: Bounds): string =>
  createHash('sha256')
    .update('meshclaw-bounds/1\0')
    .update(canonicalJson(bounds as unknown as JsonValue))
    .digest('hex');
