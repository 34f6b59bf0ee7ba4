/** The statement an approver signs: this plan, these slots, until then, in this ledger. */

import { z } from 'zod';
import { canonicalJson } from '../digest.js';

const statementSchema = z.strictObject({
  v: z.literal(1),
  approval: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  slots: z.array(z.int().min(0)).min(1),
  not_after: z.iso.datetime(),
  ledger: z.string(),
});

export interface Statement {
  readonly approval: string;
  readonly digest: string;
  readonly slots: readonly number[];
  /** ISO 8601 UTC. */
  readonly notAfter: string;
  readonly ledger: string;
}

/** The exact text that is signed: RFC 8785 JSON and a newline. */
export const statementText = ({ notAfter, ...rest }: Statement): string =>
  `${canonicalJson({ v: 1, ...rest, not_after: notAfter })}\n`;

/** The statement in a signed text; undefined unless it is exactly the text that `statementText` writes. */
export function parseStatement(text: string): Statement | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = statementSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { approval, digest, slots, ledger, not_after } = parsed.data;
  const statement = { approval, digest, slots, ledger, notAfter: not_after };
  return statementText(statement) === text ? statement : undefined;
}
