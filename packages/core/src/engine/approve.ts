/** Finds the yes that a plan's step may use, or asks for one. */

import { err, ok, type Result } from 'neverthrow';
import type { Approval, ApprovalDemands } from '../approvals/approval.js';
import { checkGrant, methodSuffices } from '../approvals/check-grant.js';
import { APPROVAL_RECORDS, foldApprovals } from '../approvals/fold-approval.js';
import { hasLapsed } from '../approvals/lapsed.js';
import { APPROVAL_MS, askKey, type Standing, standingOf } from '../approvals/standing.js';
import { type Decision, subjectName } from '../decision.js';
import type { JsonValue } from '../json.js';
import type { NewRecord, RecordQuery } from '../ledger.js';
import { type Plan, type PlanBody, planBytes } from '../plan.js';
import { redactJson } from '../redaction/redact-json.js';
import type { Refusal } from '../refusal.js';
import type { Demands } from './decide.js';
import { type Asking, type Engine, newId } from './engine.js';
import { approvalExpired, approvalRequested, planCreated } from './records.js';
import {
  type About,
  appendRefused,
  approvalRequired,
  evidenceUnavailable,
  invalidInput,
  refused,
  staleState,
} from './refuse.js';

const PLAN_MS = 24 * 3_600_000;
const MOST_RECORDS = 1_000;
/** Several who ask at once go one after the other. */
const TRIES = 64;

/** A yes and which of its slots is to be used. */
export interface Usable {
  readonly approval: Approval;
  readonly slot: number;
}

/** The approval whose slot may be used now, or undefined when a person has to be asked. Err kinds: `evidence_unavailable`, `refused` (`approval_denied`, `already_used`), `stale`. */
export async function findGrant(
  engine: Engine,
  asking: Asking,
  about: About,
  plan: { readonly digest: string; readonly id?: string },
  slot: number,
  demands: Demands,
): Promise<Result<Usable | undefined, Refusal>> {
  const approvals = await approvalsOf(engine, about, { digest: plan.digest });
  if (approvals.isErr()) return err(approvals.error);
  const now = engine.clock.now();
  if (approvals.value.some(({ status, denial }) => status === 'denied' && denial && now < denial.until)) {
    return err(refused(about, 'approval_denied'));
  }
  const mine = approvals.value.filter((approval) => plan.id === undefined || approval.plan === plan.id);
  const approval = mine.find(({ status, consumed }) => status === 'granted' && !consumed.includes(slot));
  if (!approval) {
    const used = plan.id !== undefined && mine.some(({ consumed }) => consumed.includes(slot));
    return used ? err(refused(about, 'already_used')) : findBounded(engine, asking, about, demands);
  }
  const usable = { approval, slot };
  const holds = await holdsNow(engine, about, usable, demands);
  if (holds.isErr()) return err(holds.error);
  return holds.value
    ? ok(usable)
    : err(staleState(about, demands as unknown as JsonValue, 'signatures that no longer suffice'));
}

/** A bounded grant for exactly this subject, operation and target, as far as policy permits one for this. */
async function findBounded(
  engine: Engine,
  asking: Asking,
  about: About,
  demands: Demands,
): Promise<Result<Usable | undefined, Refusal>> {
  if (demands.boundedUses === 0) return ok(undefined);
  const approvals = await approvalsOf(engine, about, { subject: subjectName(asking.subject) });
  if (approvals.isErr()) return err(approvals.error);
  for (const approval of approvals.value) {
    const { bounds, status, consumed } = approval;
    if (bounds === undefined || status !== 'granted' || bounds.uses > demands.boundedUses) continue;
    if (!bounds.operations.includes(about.operation) || !bounds.targets.includes(about.target)) continue;
    const slot = Array.from({ length: bounds.uses }, (_, use) => use).find((use) => !consumed.includes(use));
    if (slot === undefined) continue;
    const holds = await holdsNow(engine, about, { approval, slot }, demands);
    if (holds.isErr()) return err(holds.error);
    if (holds.value) return ok({ approval, slot });
  }
  return ok(undefined);
}

/** Checks every signature again, with the approvers and the demands of now, and that its time was never over. */
async function holdsNow(
  engine: Engine,
  about: About,
  { approval, slot }: Usable,
  demands: ApprovalDemands,
): Promise<Result<boolean, Refusal>> {
  const lapsed = await hasLapsed(engine.ledger, approval);
  if (lapsed.isErr()) return err(evidenceUnavailable(about, lapsed.error));
  const approvers = await engine.approvers.approvers();
  if (lapsed.value || approvers.isErr()) return ok(false);
  const asked = { approval: approval.id, digest: approval.digest, ledger: engine.ledger.id, now: engine.clock.now() };
  const signers = approval.grants.flatMap((grant) => {
    const checked = checkGrant(grant, asked, approvers.value);
    if (checked.isErr() || !checked.value.statement.slots.includes(slot)) return [];
    return methodSuffices(checked.value.method, demands.minimum) ? [checked.value.approver.fingerprint] : [];
  });
  return ok(new Set(signers).size >= demands.signers);
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
  for (let tries = 0; tries < TRIES; tries += 1) {
    const standing = await standingOf(engine.ledger, subjectName(asking.subject), plan.digest, engine.clock.now());
    if (standing.isErr()) return err(evidenceUnavailable(about, standing.error));
    const { merged, denied, room } = standing.value;
    if (denied) return err(refused(about, 'approval_denied'));
    if (!merged && !room) return err(refused(about, 'too_many_pending'));
    const made = { id: newId('appr'), plan: plan.id, digest: plan.digest, expiresAt: later(engine, APPROVAL_MS) };
    const request = merged ? { ...made, ...merged, plan: merged.plan ?? plan.id } : made;
    const asks = merged ? [] : await newRequest(engine, asking, plan, { ...made, demands }, standing.value);
    const kept = await engine.ledger.append([...decisions(request.plan), ...asks]);
    if (kept.isErr() && kept.error.kind === 'already_recorded') continue; // somebody asked meanwhile: look again
    if (kept.isErr()) return err(appendRefused(about, kept.error));
    const evidence = kept.value.map(({ index }) => String(index));
    const { id, plan: planId, digest, expiresAt } = request;
    const how = `meshclaw approvals grant ${id}`;
    return err(approvalRequired({ ...about, evidence }, decision, { id, plan: planId, digest, expiresAt, how }));
  }
  return err(refused(about, 'overtaken'));
}

/** The plan, unless it is stored, the request, and that the last one of the same is over. */
async function newRequest(
  engine: Engine,
  asking: Asking,
  plan: Plan,
  request: Parameters<typeof approvalRequested>[2],
  standing: Standing,
): Promise<readonly NewRecord[]> {
  const asks = { ...approvalRequested(asking, plan, request), once: askKey(subjectName(asking.subject), standing) };
  const stored = await isStored(engine, plan);
  return [...standing.overdue.map(approvalExpired), ...(stored ? [] : [planCreated(asking, plan)]), asks];
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

/** The newest first. */
async function approvalsOf(
  engine: Engine,
  about: About,
  which: Pick<RecordQuery, 'digest' | 'subject'>,
): Promise<Result<readonly Approval[], Refusal>> {
  const query = { ...which, types: APPROVAL_RECORDS, order: 'newest_first', limit: MOST_RECORDS } as const;
  const found = await engine.ledger.find(query);
  return found
    .map((records) => foldApprovals([...records].reverse(), engine.clock.now()).toReversed())
    .mapErr((cause) => evidenceUnavailable(about, cause));
}

async function isStored(engine: Engine, plan: Plan): Promise<boolean> {
  const found = await engine.ledger.count({ plan: plan.id, types: ['plan.created'] });
  return found.isOk() && found.value > 0;
}

const later = (engine: Engine, ms: number): string => new Date(Date.parse(engine.clock.now()) + ms).toISOString();
