/** Asks for a bounded grant: recorded like any ask, joined when it waits already, refused after a no. */

import { err, ok, type ResultAsync, safeTry } from 'neverthrow';
import type { Clock } from '../clock.js';
import { newId } from '../id.js';
import type { JsonValue } from '../json.js';
import type { Ledger, NewRecord } from '../ledger.js';
import type { Approval, ApprovalDemands, ApprovalDesk, ApprovalError } from './approval.js';
import { type Bounds, boundsDigest, parseBounds } from './bounds.js';
import { askKey, type Standing, standingOf } from './standing.js';

interface Parts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  one(id: string): ResultAsync<Approval, ApprovalError>;
}
type Asked = Parameters<ApprovalDesk['requestBounded']>[1];

/** What is demanded where the asker names nothing: policy's demands of each use come on top. */
const LEAST: ApprovalDemands = { minimum: 'signature', signers: 1 };
/** Several who ask at once go one after the other. */
const TRIES = 64;

/** Records the request. Err kinds: `invalid_bounds`, `approval_denied`, `too_many_pending`, `evidence_unavailable`. */
export function requestBounded(
  { ledger, clock, one }: Parts,
  given: Omit<Bounds, 'v'>,
  asked: Asked,
): ResultAsync<Approval, ApprovalError> {
  return safeTry(async function* () {
    const bounds = parseBounds({ ...given, v: 1 });
    if (bounds === undefined) return err(invalidBounds);
    const digest = boundsDigest(bounds);
    const subject = `${bounds.subject.type}:${bounds.subject.id}`;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const standing: Standing = yield* standingOf(ledger, subject, digest, clock.now()).mapErr(unavailable);
      if (standing.denied) return err(deniedBefore);
      if (standing.merged) return ok(standing.merged);
      if (!standing.room) return err(tooMany);
      const id = newId('appr');
      const key = askKey(subject, standing);
      const kept = await ledger.append([requested(id, digest, subject, bounds, asked, clock, key)]);
      if (kept.isOk()) return ok(yield* one(id));
      if (kept.error.kind !== 'already_recorded') return err(unavailable(kept.error));
    }
    return err(tooMany);
  });
}

function requested(
  id: string,
  digest: string,
  subject: string,
  bounds: Bounds,
  { by, because = null, demands = LEAST }: { by: string; because?: string | null; demands?: ApprovalDemands },
  clock: Clock,
  once: string,
): NewRecord {
  const expiresAt = new Date(Date.parse(clock.now()) + bounds.minutes * 60_000).toISOString();
  const body = {
    expires_at: expiresAt,
    slots: bounds.uses,
    demands: { minimum: demands.minimum, signers: demands.signers },
    bounds: bounds as unknown as JsonValue,
    asked_by: by,
    asked_because: because,
    operations: bounds.operations,
    targets: bounds.targets,
  };
  return { type: 'approval.requested', approval: id, digest, subject, once, body };
}

const unavailable = (cause: unknown): ApprovalError => ({
  kind: 'evidence_unavailable',
  message: 'the ledger could not be read or written',
  cause,
});
const invalidBounds: ApprovalError = {
  kind: 'invalid_bounds',
  message: 'a bounded grant names who, operations, targets, uses (1 to 50) and minutes (1 to 1440), all of them',
};
const deniedBefore: ApprovalError = {
  kind: 'approval_denied',
  message: 'an approver said no to exactly this; it holds for 24 hours',
};
const tooMany: ApprovalError = {
  kind: 'too_many_pending',
  message: 'too many requests for this subject wait for approval',
};
