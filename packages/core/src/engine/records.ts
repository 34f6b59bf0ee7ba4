/** What the engine writes into the ledger: one function a record, and the one crossing from TypeScript to what is stored. */

import type { Action } from '../action.js';
import type { Approval, ApprovalDemands } from '../approvals/approval.js';
import { subjectName } from '../decision.js';
import type { ExecutorError } from '../executor.js';
import type { FactValue } from '../facts.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { NewRecord } from '../ledger.js';
import type { Captured, Outcome } from '../outcome.js';
import { type Plan, planBytes } from '../plan.js';
import { redactJson } from '../redaction/redact-json.js';
import { toWireDecision, toWireRequest } from '../wire/decision.js';
import type { Decided } from './decide.js';
import type { Asking, Engine } from './engine.js';

/** The columns that tie the records of one ask together. */
export interface Scope {
  readonly asking: Asking;
  readonly operation: string;
  readonly target: string;
  readonly policy?: string;
  readonly execution?: string;
  readonly plan?: string;
  readonly approval?: string;
  readonly digest?: string;
}

const columns = ({ asking, ...scope }: Scope) => ({
  ...scope,
  ...(asking.run === undefined ? {} : { run: asking.run }),
  subject: subjectName(asking.subject),
});

/** `decision.made`: the question and the answer, so that it can be asked again of another policy. */
export function decisionMade({ redact }: Engine, scope: Scope, { request, decision }: Decided): NewRecord {
  const body = {
    mode: request.context.mode,
    surface: request.context.surface,
    effect: decision.effect,
    request: toWireRequest(request),
    decision: toWireDecision(decision),
  };
  return {
    ...columns(scope),
    policy: decision.policyDigest,
    type: 'decision.made',
    body: redactJson(body as unknown as JsonValue, redact),
  };
}

/** `plan.created`: the exact bytes that are digested, and the envelope around them. */
export function planCreated(asking: Asking, plan: Plan): NewRecord {
  return {
    type: 'plan.created',
    plan: plan.id,
    digest: plan.digest,
    subject: subjectName(asking.subject),
    ...(asking.run === undefined ? {} : { run: asking.run }),
    body: {
      title: plan.title,
      created_at: plan.createdAt,
      expires_at: plan.expiresAt,
      asked_because: plan.askedBecause,
      bytes: planBytes(plan.body),
    },
  };
}

/** `approval.requested`, with what policy demands of a yes. */
export function approvalRequested(
  asking: Asking,
  plan: Plan,
  request: { readonly id: string; readonly expiresAt: string; readonly demands: ApprovalDemands },
): NewRecord {
  return {
    type: 'approval.requested',
    approval: request.id,
    plan: plan.id,
    digest: plan.digest,
    subject: subjectName(asking.subject),
    ...(asking.run === undefined ? {} : { run: asking.run }),
    body: {
      expires_at: request.expiresAt,
      slots: plan.body.steps.length,
      demands: { minimum: request.demands.minimum, signers: request.demands.signers },
      operations: [...new Set(plan.body.steps.map((step) => step.operation))],
      targets: [...new Set(plan.body.steps.map((step) => step.target.id))],
    },
  };
}

/** `approval.expired`: nobody used it, or nobody answered, in its time. */
export const approvalExpired = ({ id, plan, digest, subject, expiresAt }: Approval): NewRecord => ({
  type: 'approval.expired',
  approval: id,
  ...(plan === undefined ? {} : { plan }),
  digest,
  subject,
  body: { expired_at: expiresAt },
});

/** `approval.consumed`: a slot can be used once, whoever races. */
export function approvalConsumed(scope: Scope, approval: Approval, slot: number): NewRecord {
  return {
    ...columns(scope),
    type: 'approval.consumed',
    approval: approval.id,
    ...(approval.plan === undefined ? {} : { plan: approval.plan }),
    digest: approval.digest,
    once: `approval:${approval.id}:${slot}`,
    body: { slot, approvers: approval.grants.map((grant) => grant.approver) },
  };
}

/** `execution.intended`: everything that is about to happen, durable before it does. */
export function executionIntended(
  { redact }: Engine,
  scope: Scope,
  intent: {
    readonly action: Action;
    readonly executor: string;
    readonly identity: string;
    readonly observed: JsonValue;
    readonly timeoutMs: number;
    /** True where it may go on by itself, so that its end can be read back later. */
    readonly detached: boolean;
    readonly once?: string;
  },
): NewRecord {
  const { once, timeoutMs, detached, ...rest } = intent;
  return {
    ...columns(scope),
    type: 'execution.intended',
    ...(once === undefined ? {} : { once }),
    body: redactJson(
      { ...rest, timeout_ms: timeoutMs, ...(detached ? { detached } : {}) } as unknown as JsonValue,
      redact,
    ),
  };
}

/** `execution.finished`: how it ended, or that nothing was sent. A read has no intent, so its record says what was done too. Long output is kept as a blob. */
export function executionFinished(
  { redact }: Engine,
  scope: Scope,
  ended: { readonly outcome: Outcome } | { readonly notSent: ExecutorError },
  done?: { readonly action: Action; readonly executor: string; readonly identity: string },
): NewRecord {
  const { outcome, blobs } =
    'outcome' in ended ? outcomeBody(ended.outcome) : { outcome: notSentBody(ended.notSent), blobs: {} };
  const body = redactJson({ outcome, ...(done ?? {}) } as unknown as JsonValue, redact);
  const large = Object.keys(blobs).length > 0 ? { blobs } : {};
  return { ...columns(scope), type: 'execution.finished', body, ...large };
}

/** `observation.recorded`: the facts of one read. */
export function observationRecorded(scope: Scope, facts: readonly FactValue[]): NewRecord {
  return { ...columns(scope), type: 'observation.recorded', body: { facts: facts as unknown as JsonValue } };
}

const notSentBody = ({ kind, message }: ExecutorError): JsonObject => ({ kind: 'not_sent', error: { kind, message } });

/** Longer output is kept beside the ledger, by its digest, so that it can be erased without breaking a proof. */
const INLINE_BYTES = 4_096;

function outcomeBody(outcome: Outcome): { readonly outcome: JsonObject; readonly blobs: Record<string, Uint8Array> } {
  const blobs: Record<string, Uint8Array> = {};
  const text = (name: string, { text: kept, ...measured }: Captured): JsonObject => {
    if (Buffer.byteLength(kept) <= INLINE_BYTES) return { ...measured, text: kept };
    blobs[name] = Buffer.from(kept);
    return { ...measured, blob: name };
  };
  const streams = (captured: { readonly stdout?: Captured; readonly stderr?: Captured }): JsonObject => ({
    ...(captured.stdout ? { stdout: text('stdout', captured.stdout) } : {}),
    ...(captured.stderr ? { stderr: text('stderr', captured.stderr) } : {}),
  });
  const ended = { kind: outcome.kind, duration_ms: Math.round(outcome.durationMs) };
  switch (outcome.kind) {
    case 'exited':
      return { outcome: { ...ended, exit_code: outcome.exitCode, ...streams(outcome) }, blobs };
    case 'signalled':
      return { outcome: { ...ended, signal: outcome.signal, ...streams(outcome) }, blobs };
    case 'unknown':
      return { outcome: { ...ended, reason: outcome.reason, ...streams(outcome) }, blobs };
    case 'answered': {
      const { method, path, bodyDigest } = outcome.request;
      const request = { method, path, body_digest: bodyDigest };
      return { outcome: { ...ended, status: outcome.status, body: outcome.body, request }, blobs };
    }
  }
}
