/** An approval's state, folded from its records. Pure: same records and time, same answer. */

import { z } from 'zod';
import type { RecordType, StoredRecord } from '../ledger.js';
import type { Approval, ApprovalStatus, Grant } from './approval.js';
import { boundsDigest, parseBounds } from './bounds.js';

/** The record types that an approval is folded from. */
export const APPROVAL_RECORDS: readonly RecordType[] = [
  'approval.requested',
  'approval.granted',
  'approval.denied',
  'approval.withdrawn',
  'approval.revoked',
  'approval.expired',
  'approval.consumed',
];

const requested = z.object({
  expires_at: z.iso.datetime(),
  slots: z.int().min(1),
  bounds: z.json().optional(),
  demands: z.object({ minimum: z.enum(['signature', 'presence']), signers: z.union([z.literal(1), z.literal(2)]) }),
});
const granted = z.object({
  approver: z.string(),
  fingerprint: z.string(),
  method: z.enum(['signature', 'presence']),
  not_after: z.iso.datetime(),
  slots: z.array(z.int().min(0)),
  statement: z.string(),
  signature: z.string(),
});
const denied = z.object({ by: z.string(), reason: z.string(), until: z.iso.datetime() });
const consumed = z.object({ slot: z.int().min(0) });

/** Folds the records of one approval, oldest first, as of `now` (ISO 8601 UTC). Undefined when its request is missing or unreadable: then there is no approval. */
export function foldApproval(records: readonly StoredRecord[], now: string): Approval | undefined {
  const request = records.find((record) => record.type === 'approval.requested');
  const body = requested.safeParse(request?.body);
  if (!request || !body.success) return undefined;
  const { approval: id, plan, digest, subject } = request;
  if (id === undefined || digest === undefined || subject === undefined) return undefined;
  const about = aboutOf(plan, digest, body.data);
  if (about === undefined) return undefined;
  const grants = ofType(records, 'approval.granted').flatMap(grantOf);
  const denial = ofType(records, 'approval.denied').map((record) => denied.safeParse(record.body))[0];
  const slots = ofType(records, 'approval.consumed').map((record) => consumed.safeParse(record.body));
  const answer = records.find(({ type }) => type === 'approval.granted' || type === 'approval.denied');
  const [expired] = ofType(records, 'approval.expired');
  const folded = {
    id,
    ...about,
    digest,
    subject,
    requestedAt: request.recordedAt,
    requestIndex: request.index,
    expiresAt: body.data.expires_at,
    ...(answer ? { answeredAt: answer.recordedAt } : {}),
    ...(expired ? { expiredAt: expired.recordedAt } : {}),
    slots: body.data.slots,
    consumed: slots.flatMap((slot) => (slot.success ? [slot.data.slot] : [])),
    grants,
    demands: body.data.demands,
    ...(denial?.success ? { denial: denial.data } : {}),
  };
  // An unreadable no is still a no, an unreadable use is still a use.
  const broken = denial?.success === false || slots.some((slot) => !slot.success);
  const revoked = ofType(records, 'approval.revoked').length > 0 || ofType(records, 'approval.withdrawn').length > 0;
  return { ...folded, status: broken || revoked ? 'revoked' : statusOf(folded, now) };
}

/** One plan, or bounds that are what the digest says; never both, never neither. */
function aboutOf(
  plan: string | undefined,
  digest: string,
  { bounds: given, slots }: { readonly bounds?: unknown; readonly slots: number },
): Pick<Approval, 'plan' | 'bounds'> | undefined {
  if (given === undefined) return plan === undefined ? undefined : { plan };
  const bounds = parseBounds(given);
  const isWhole = plan === undefined && bounds?.uses === slots && boundsDigest(bounds) === digest;
  return isWhole ? { bounds } : undefined;
}

/** Folds a mixed page of approval records, oldest first, into approvals in the order of their requests. */
export function foldApprovals(records: readonly StoredRecord[], now: string): readonly Approval[] {
  const ids = [...new Set(records.flatMap((record) => (record.approval === undefined ? [] : [record.approval])))];
  return ids.flatMap(
    (id) =>
      foldApproval(
        records.filter((record) => record.approval === id),
        now,
      ) ?? [],
  );
}

function statusOf(approval: Omit<Approval, 'status'>, now: string): ApprovalStatus {
  if (approval.denial) return 'denied';
  if (new Set(approval.consumed).size >= approval.slots) return 'used';
  // A clock that went back behind the request cannot tell whether the time is up, so it is.
  if (approval.expiredAt !== undefined || now >= approval.expiresAt || now < approval.requestedAt) return 'expired';
  const signers = new Set(approval.grants.map((grant) => grant.fingerprint));
  return signers.size >= approval.demands.signers ? 'granted' : 'pending';
}

function grantOf(record: StoredRecord): readonly Grant[] {
  const body = granted.safeParse(record.body);
  if (!body.success) return [];
  const { not_after, ...rest } = body.data;
  return [{ ...rest, notAfter: not_after, index: record.index }];
}

const ofType = (records: readonly StoredRecord[], type: RecordType) => records.filter((record) => record.type === type);
