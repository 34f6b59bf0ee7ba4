/** A plan read back from its record: bytes checked against the digest, then parsed. */

import { z } from 'zod';
import type { StoredRecord } from './ledger.js';
import { type Plan, type PlanBody, planDigest } from './plan.js';

const json = z.json();
const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    argv: z.array(z.string()).min(1),
    stdin: z.string().optional(),
    as: z.enum(['login', 'root']),
    cwd: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('api'), call: z.string(), arguments: z.record(z.string(), json) }),
]);
const stepSchema = z.strictObject({
  operation: z.string(),
  class: z.enum(['read', 'write', 'destructive', 'spend', 'secret', 'judged']),
  target: z.strictObject({ id: z.string(), executor: z.string(), identity: z.string() }),
  platform: z.record(z.string(), z.string()),
  input: json,
  action: actionSchema,
  limits: z.strictObject({ timeoutMs: z.number().positive(), maxOutputBytes: z.number().positive() }),
  observed: z.strictObject({ operation: z.string(), value: json }).nullable(),
  why: z.string(),
});
const bodySchema = z.strictObject({
  v: z.literal(1),
  subject: z.strictObject({ type: z.string(), id: z.string() }),
  workflow: z.string().nullable(),
  steps: z.array(stepSchema).min(1),
});
const recordSchema = z.object({
  title: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  asked_because: z.string().nullable(),
  bytes: z.string(),
});

/** The plan in a `plan.created` record; undefined when its bytes do not have the recorded digest or are not a plan. */
export function readPlan(record: StoredRecord): Plan | undefined {
  const stored = recordSchema.safeParse(record.body);
  if (record.type !== 'plan.created' || record.plan === undefined || !stored.success) return undefined;
  const digest = planDigest(stored.data.bytes);
  const body = parseBody(stored.data.bytes);
  if (digest !== record.digest || !body) return undefined;
  return {
    id: record.plan,
    digest,
    body,
    title: stored.data.title,
    createdAt: stored.data.created_at,
    expiresAt: stored.data.expires_at,
    askedBecause: stored.data.asked_because,
  };
}

function parseBody(bytes: string): PlanBody | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(bytes));
    return parsed.success ? (parsed.data as unknown as PlanBody) : undefined;
  } catch {
    return undefined;
  }
}
