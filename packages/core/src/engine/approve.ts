/** Finds the yes that a plan's step may use, or asks for one. */

import { err, ok, type Result } from 'neverthrow';
import type { Approval, ApprovalDemands } from '../approvals/approval.js';
import { checkGrant, methodSuffices } from '../approvals/check-grant.js';
import { APPROVAL_RECORDS, foldApprovals } from '../approvals/fold-approval.js';
import { type Decision, subjectName } from '../decision.js';
import type { JsonValue } from '../json.js';
import type { NewRecord } from '../ledger.js';
import { type Plan, type PlanBody, planBytes } from '../plan.js';
import { redactJson } from '../redaction/redact-json.js';
import type { Refusal } from '../refusal.js';
import { type Asking, type Engine, newId } from './engine.js';
import { approvalRequested, planCreated } from './records.js';
import {
  type About,
  appendRefused,
  approvalRequired,
  evidenceUnavailable,
  invalidInput,
  refused,
  staleState,
} from './refuse.js';

/** How long a person has to answer, and the asker to use the answer. */
const APPROVAL_MS = 10 * 60_000;
const PLAN_MS = 24 * 3_600_000;
const MOST_PENDING = 20;
const MOST_RECORDS = 1_000;

/** The approval whose slot may be used now, or undefined when a person has to be asked. Err kinds: `evidence_unavailable`, `refused` (`approval_denied`, `already_used`), `stale`. */
export async function findGrant(
  engine: Engine,
  about: About,
  plan: { readonly digest: string; readonly id?: string },
  slot: number,
  demands: ApprovalDemands,
): Promise<Result<Approval | undefined, Refusal>> {
  const approvals = await approvalsOf(engine, about, plan.digest);
  if (approvals.isErr()) return err(approvals.error);
  const now = engine.clock.now();
  if (approvals.value.some(({ status, denial }) => status === 'denied' && denial && now < denial.until)) {
    return err(refused(about, 'approval_denied'));
  }
  const mine = approvals.value.filter((approval) => plan.id === undefined || approval.plan === plan.id);
  const usable = mine.find(({ status, consumed }) => status === 'granted' && !consumed.includes(slot));
  if (!usable) {
    const used = plan.id !== undefined && mine.some(({ consumed }) => consumed.includes(slot));
    return used ? err(refused(about, 'already_used')) : ok(undefined);
  }
  return (await signaturesHold(engine, usable, slot, demands))
    ? ok(usable)
    : err(staleState(about, demands as unknown as JsonValue, 'signatures that no longer suffice'));
}

/** Checks every signature again, with the approvers and the demands of now. */
async function signaturesHold(
  engine: Engine,
  approval: Approval,
  slot: number,
  demands: ApprovalDemands,
): Promise<boolean> {
  const approvers = await engine.approvers.approvers();
  if (approvers.isErr()) return false;
  const asked = { approval: approval.id, digest: approval.digest, ledger: engine.ledger.id, now: engine.clock.now() };
  const signers = approval.grants.flatMap((grant) => {
    const checked = checkGrant(grant, asked, approvers.value);
    if (checked.isErr() || !checked.value.statement.slots.includes(slot)) return [];
    return methodSuffices(checked.value.method, demands.minimum) ? [checked.value.approver.fingerprint] : [];
  });
  return new Set(signers).size >= demands.signers;
}

/** Asks for a yes: joins an identical pending ask, else stores plan and request. Always an Err: `approval_required`, or why it could not be asked. */
export async function ask(
  engine: Engine,
  asking: Asking,
  about: About,
  plan: Plan,
  decision: Decision,
  demands: ApprovalDemands,
  decisions: (plan: string) => readonly NewRecord[],
): Promise<Result<never, Refusal>> {
  if (holdsSecret(engine, plan.body))
    return err(invalidInput(about, ['the input holds what looks like a secret; a plan would store it']));
  const approvals = await approvalsOf(engine, about, plan.digest);
  if (approvals.isErr()) return err(approvals.error);
  const merged = approvals.value.find(({ status }) => status === 'pending');
  const request = merged ?? {
    id: newId('appr'),
    plan: plan.id,
    digest: plan.digest,
    expiresAt: later(engine, APPROVAL_MS),
  };
  const room = merged ? ok(undefined) : await roomToAsk(engine, asking, about);
  if (room.isErr()) return err(room.error);
  const asks = merged ? [] : [approvalRequested(asking, plan, { ...request, demands })];
  const known = merged || (await isStored(engine, plan));
  const kept = await engine.ledger.append([
    ...decisions(request.plan),
    ...(known ? [] : [planCreated(asking, plan)]),
    ...asks,
  ]);
  if (kept.isErr()) return err(appendRefused(about, kept.error));
  const evidence = kept.value.map(({ index }) => String(index));
  const { id, plan: planId, digest, expiresAt } = request;
  const how = `meshclaw approvals grant ${id}`;
  return err(approvalRequired({ ...about, evidence }, decision, { id, plan: planId, digest, expiresAt, how }));
}

/** Whether a plan holds what looks like a secret: in one of its strings, or in its text as a whole. It is kept as it is, or not at all. */
export function holdsSecret({ redact }: Engine, body: PlanBody): boolean {
  const bytes = planBytes(body);
  return redact(bytes) !== bytes || planBytes(redactJson(body as unknown as JsonValue, redact) as never) !== bytes;
}

/** The envelope of a plan made now. */
export const newEnvelope = (engine: Engine, asking: Asking, title: string) => ({
  id: newId('plan'),
  title,
  createdAt: engine.clock.now(),
  expiresAt: later(engine, PLAN_MS),
  askedBecause: asking.because === undefined ? null : engine.redact(asking.because),
});

async function approvalsOf(
  engine: Engine,
  about: About,
  digest: string,
): Promise<Result<readonly Approval[], Refusal>> {
  const query = { digest, types: APPROVAL_RECORDS, order: 'newest_first', limit: MOST_RECORDS } as const;
  const found = await engine.ledger.find(query);
  return found
    .map((records) => foldApprovals([...records].reverse(), engine.clock.now()).toReversed())
    .mapErr((cause) => evidenceUnavailable(about, cause));
}

async function roomToAsk(engine: Engine, asking: Asking, about: About): Promise<Result<undefined, Refusal>> {
  const since = new Date(Date.parse(engine.clock.now()) - APPROVAL_MS).toISOString();
  const query = {
    types: APPROVAL_RECORDS,
    subject: subjectName(asking.subject),
    since,
    order: 'newest_first',
    limit: MOST_RECORDS,
  } as const;
  const found = await engine.ledger.find(query);
  if (found.isErr()) return err(evidenceUnavailable(about, found.error));
  const pending = foldApprovals([...found.value].reverse(), engine.clock.now()).filter(
    ({ status }) => status === 'pending',
  );
  return pending.length < MOST_PENDING ? ok(undefined) : err(refused(about, 'too_many_pending'));
}

async function isStored(engine: Engine, plan: Plan): Promise<boolean> {
  const found = await engine.ledger.count({ plan: plan.id, types: ['plan.created'] });
  return found.isOk() && found.value > 0;
}

const later = (engine: Engine, ms: number): string => new Date(Date.parse(engine.clock.now()) + ms).toISOString();
