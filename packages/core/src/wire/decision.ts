/** The wire forms (snake_case JSON, AuthZEN words) of a request and a decision, and the one crossing between them and TypeScript. */

import { z } from 'zod';
import {
  type Decision,
  type DecisionRequest,
  EFFECTS,
  MODES,
  type Obligation,
  type Reason,
  SUBJECT_TYPES,
  SURFACES,
} from '../decision.js';
import type { JsonObject, JsonValue } from '../json.js';
import { SEVERITIES } from '../severity.js';
import { commandFactsSchema } from './command-facts.js';

const json: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
const object = z.record(z.string(), json);
const name = z.string().min(1).max(256);

/** What the policy entrypoint is given; `policies/schemas/request.gen.json` is made from it. */
export const wireRequestSchema = z.strictObject({
  request_id: name,
  subject: z.strictObject({ type: z.enum(SUBJECT_TYPES), id: name, properties: object.optional() }),
  action: z.strictObject({
    name,
    class: z.enum(['read', 'write', 'destructive', 'spend', 'secret', 'judged']),
    properties: object,
    argv: z.array(z.string()).optional(),
    /** Stated by the policy decision point; a request that brings its own is refused. */
    command: commandFactsSchema.optional(),
  }),
  resource: z.strictObject({
    type: name,
    id: name,
    properties: object,
    facts: z.record(z.string(), z.strictObject({ value: json, age_seconds: z.number().min(0) })),
  }),
  context: z.strictObject({
    now: z.iso.datetime(),
    mode: z.enum(MODES),
    surface: z.enum(SURFACES),
    freeze: z.boolean(),
    exposed: z.boolean(),
    recent: z.record(z.string(), z.int().min(0)),
  }),
});
export type WireRequest = z.output<typeof wireRequestSchema>;

const wireReason = z.strictObject({
  rule: name,
  title: z.string(),
  severity: z.enum(SEVERITIES),
  message: z.string(),
  remediation: z.string().optional(),
  facts: object.optional(),
  source: z.string().optional(),
});
const wireObligation = z.strictObject({ id: name, type: name, parameters: object });

/** What the policy entrypoint must answer, exactly; anything else is `policy.malformed_decision`. */
export const wireAnswerSchema = z.strictObject({
  request_id: name,
  effect: z.enum(EFFECTS),
  class: z.enum(['read', 'write', 'destructive', 'spend', 'secret']),
  reasons: z.array(wireReason).min(1),
  obligations: z.array(wireObligation),
  alternative: z.strictObject({ operation: name, why: z.string() }).optional(),
  /** What rules in shadow would have made of it; nothing is enforced by this. */
  would_have: z.strictObject({ effect: z.enum(EFFECTS), reasons: z.array(wireReason).min(1) }).optional(),
});
export type WireAnswer = z.output<typeof wireAnswerSchema>;

/** A whole decision on the wire; `policies/schemas/decision.gen.json` is made from it. */
export const wireDecisionSchema = z.strictObject({
  ...wireAnswerSchema.shape,
  allowed: z.boolean(),
  policy_digest: z.string(),
  input_digest: z.string(),
  duration_ms: z.number(),
});
export type WireDecision = z.output<typeof wireDecisionSchema>;

/** The request as the policy reads it. */
export function toWireRequest(request: DecisionRequest): JsonObject {
  const { requestId, resource, ...rest } = request;
  const facts = Object.entries(resource.facts).map(
    ([fact, { value, ageSeconds }]) => [fact, { value, age_seconds: ageSeconds }] as const,
  );
  return {
    request_id: requestId,
    ...rest,
    resource: { ...resource, facts: Object.fromEntries(facts) },
  } as unknown as JsonObject;
}

/** A checked wire request as the engine holds it. */
export function fromWireRequest(wire: WireRequest): DecisionRequest {
  const { request_id, resource, ...rest } = wire;
  const facts = Object.entries(resource.facts).map(
    ([fact, { value, age_seconds }]) => [fact, { value, ageSeconds: age_seconds }] as const,
  );
  return {
    requestId: request_id,
    ...rest,
    resource: { ...resource, facts: Object.fromEntries(facts) },
  } as unknown as DecisionRequest;
}

/** The decision as it is stored, printed and sent. */
export function toWireDecision(decision: Decision): JsonObject {
  const { requestId, policyDigest, inputDigest, durationMs, wouldHave, ...rest } = decision;
  return {
    request_id: requestId,
    ...rest,
    ...(wouldHave === undefined ? {} : { would_have: wouldHave }),
    policy_digest: policyDigest,
    input_digest: inputDigest,
    duration_ms: durationMs,
  } as unknown as JsonObject;
}

/** A checked answer of the policy, with what the evaluator knows about it. */
export function fromWireAnswer(
  answer: WireAnswer,
  measured: Pick<Decision, 'policyDigest' | 'inputDigest' | 'durationMs'>,
): Decision {
  const { request_id, alternative, reasons, obligations, effect, would_have } = answer;
  return {
    requestId: request_id,
    effect,
    allowed: effect === 'read_state' || effect === 'auto_safe',
    class: answer.class,
    reasons: reasons as unknown as readonly Reason[],
    obligations: obligations as unknown as readonly Obligation[],
    ...(alternative === undefined ? {} : { alternative }),
    ...(would_have === undefined ? {} : { wouldHave: would_have as unknown as NonNullable<Decision['wouldHave']> }),
    ...measured,
  };
}
