/** A decision in what an asker needs of it: the effect, why, and what to do instead. */

import { type Decision, EFFECTS } from '@meshclaw/core';
import { z } from 'zod';

/** What is told of a decision. */
export const Decided = z.strictObject({
  effect: z.enum(EFFECTS),
  allowed: z.boolean(),
  class: z.string(),
  reasons: z.array(
    z.strictObject({
      rule: z.string(),
      severity: z.string(),
      message: z.string(),
      remediation: z.string().optional(),
      /** Values the rule looked at. */
      facts: z.looseObject({}).optional(),
    }),
  ),
  alternative: z.strictObject({ operation: z.string(), why: z.string() }).optional(),
});

/** Picks it; digests and times are in the record. */
export const decided = ({
  effect,
  allowed,
  class: stated,
  reasons,
  alternative,
}: Decision): z.input<typeof Decided> => ({
  effect,
  allowed,
  class: stated,
  reasons: reasons.map(({ rule, severity, message, remediation, facts }) => ({
    rule,
    severity,
    message,
    ...(remediation === undefined ? {} : { remediation }),
    ...(facts === undefined ? {} : { facts: { ...facts } }),
  })),
  ...(alternative === undefined ? {} : { alternative }),
});
