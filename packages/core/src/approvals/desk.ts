/** The approval desk: what people hold. It reads, checks signatures and records answers; it runs nothing. */

import { err, errAsync, ok, okAsync, type Result, type ResultAsync, safeTry } from 'neverthrow';
import { type Clock, systemClock } from '../clock.js';
import type { JsonObject } from '../json.js';
import type { Ledger, LedgerError, NewRecord } from '../ledger.js';
import type { Plan } from '../plan.js';
import { readPlan } from '../read-plan.js';
import type { Approval, ApprovalDesk, ApprovalError } from './approval.js';
import type { ApproverRegistry } from './approver.js';
import { type CheckedGrant, checkGrant, methodSuffices } from './check-grant.js';
import { checkRelief, reliefText } from './denial.js';
import { APPROVAL_RECORDS, foldApproval, foldApprovals } from './fold-approval.js';
import { hasLapsed } from './lapsed.js';
import { requestBounded } from './request-bounded.js';
import { statementText } from './statement.js';

export interface ApprovalDeskOptions {
  readonly ledger: Ledger;
  readonly approvers: ApproverRegistry;
  readonly clock?: Clock;
}

const MOST_LISTED = 1_000;
/** A no holds this long for the same digest. */
const DENIAL_HOLDS_MS = 24 * 3_600_000;

type Answer<T> = ResultAsync<T, ApprovalError>;
type EndedBy = 'approval.denied' | 'approval.withdrawn' | 'approval.revoked';

/** Makes the desk. It is never given to MCP or to workflows. */
export function createApprovalDesk({ ledger, approvers, clock = systemClock }: ApprovalDeskOptions): ApprovalDesk {
  const recordsOf = (approval: string) =>
    ledger.find({ approval, types: APPROVAL_RECORDS, order: 'oldest_first', limit: MOST_LISTED }).mapErr(unavailable);

  const one = (id: string): Answer<Approval> =>
    recordsOf(id).andThen((records) => {
      const approval = foldApproval(records, clock.now());
      return approval ? ok(approval) : err(unknownApproval(id));
    });

  const planOf = (approval: Approval, id: string): Answer<Plan> =>
    ledger
      .find({ plan: id, types: ['plan.created'], limit: 1 })
      .mapErr(unavailable)
      .andThen(([record]) => {
        const plan = record && readPlan(record);
        return plan?.digest === approval.digest ? ok(plan) : err(digestMismatch);
      });

  const show: ApprovalDesk['show'] = (id) =>
    one(id).andThen((approval) =>
      approval.plan === undefined
        ? okAsync({ approval })
        : planOf(approval, approval.plan).map((plan) => ({ approval, plan })),
    );

  const open = (id: string): Answer<Approval> =>
    safeTry(async function* () {
      const { approval } = yield* show(id);
      yield* answerable(approval);
      return (yield* hasLapsed(ledger, approval).mapErr(unavailable)) ? err(tooLate) : ok(approval);
    });

  const denied = (id: string): Answer<Approval> =>
    one(id).andThen((approval) => (approval.status === 'denied' ? ok(approval) : err(notDenied(approval))));

  const enrolled = () =>
    approvers.approvers().mapErr(
      ({ message, detail }): ApprovalError => ({
        kind: 'approvers_unavailable',
        message,
        ...(detail === undefined ? {} : { detail }),
      }),
    );

  /** Records that nothing more is allowed by it. */
  const end = (id: string, type: EndedBy, body: JsonObject): Answer<Approval> =>
    safeTry(async function* () {
      const approval = yield* one(id);
      if (approval.status !== 'pending' && approval.status !== 'granted') return err(notPending(approval));
      yield* ledger.append([{ type, ...columns(approval), body }]).mapErr(unavailable);
      return ok(yield* one(id));
    });

  return {
    list: () =>
      ledger
        .find({ types: APPROVAL_RECORDS, order: 'newest_first', limit: MOST_LISTED })
        .mapErr(unavailable)
        .map((records) =>
          foldApprovals([...records].reverse(), clock.now())
            .toReversed()
            .slice(0, 200),
        ),
    show,
    requestBounded: (bounds, asked) => requestBounded({ ledger, clock, one }, bounds, asked),
    statement: (id) => open(id).map((approval) => statementOf(approval, ledger.id)),
    grant: (id, answer) =>
      safeTry(async function* () {
        const approval = yield* open(id);
        const checked = yield* checkGrant(answer, asked(approval, ledger, clock), yield* enrolled());
        yield* acceptable(approval, checked);
        yield* ledger.append([grantRecord(approval, checked, answer)]).mapErr(unavailable);
        return ok(yield* one(id));
      }),
    deny: (id, { by, reason }) => {
      const until = new Date(Date.parse(clock.now()) + DENIAL_HOLDS_MS).toISOString();
      return end(id, 'approval.denied', { by, reason, until });
    },
    withdraw: (id, by) =>
      one(id).andThen(({ subject }) =>
        subject === by ? end(id, 'approval.withdrawn', { by }) : errAsync(notTheAsker(subject)),
      ),
    reliefStatement: (id) => denied(id).map((approval) => reliefText(approval, ledger.id)),
    relieve: (id, signature) =>
      safeTry(async function* () {
        const approval = yield* denied(id);
        const { name, fingerprint } = yield* checkRelief(approval, ledger.id, signature, yield* enrolled());
        const statement = reliefText(approval, ledger.id);
        const body = { by: `approver:${name}`, fingerprint, statement, signature };
        yield* ledger.append([{ type: 'approval.withdrawn', ...columns(approval), body }]).mapErr(unavailable);
        return ok(yield* one(id));
      }),
    revoke: (id, { by, reason }) => end(id, 'approval.revoked', { by, reason }),
  };
}

/** The exact text to sign for a pending approval. */
function statementOf({ id, digest, slots, expiresAt }: Approval, ledger: string): string {
  return statementText({
    approval: id,
    digest,
    slots: Array.from({ length: slots }, (_, slot) => slot),
    notAfter: expiresAt,
    ledger,
  });
}

const asked = ({ id, digest }: Approval, ledger: Ledger, clock: Clock) => ({
  approval: id,
  digest,
  ledger: ledger.id,
  now: clock.now(),
});

function answerable(approval: Approval): Result<Approval, ApprovalError> {
  if (approval.status === 'pending') return ok(approval);
  return approval.status === 'expired' ? err(tooLate) : err(notPending(approval));
}

/** What the signature itself cannot tell: strength, and who signed before. */
function acceptable(approval: Approval, { approver, method }: CheckedGrant): Result<void, ApprovalError> {
  if (!methodSuffices(method, approval.demands.minimum)) {
    return err({ kind: 'weak_method', message: 'policy demands a key that proves presence', detail: method });
  }
  if (approval.grants.some((grant) => grant.fingerprint === approver.fingerprint)) {
    return err({
      kind: 'not_pending',
      message: 'this approver has signed already; another one must',
      detail: approver.name,
    });
  }
  return ok(undefined);
}

function grantRecord(
  approval: Approval,
  { approver, method, statement }: CheckedGrant,
  answer: { readonly statement: string; readonly signature: string },
): NewRecord {
  const { name, fingerprint } = approver;
  const body = {
    approver: name,
    fingerprint,
    method,
    not_after: statement.notAfter,
    slots: statement.slots,
    ...answer,
  };
  return { type: 'approval.granted', ...columns(approval), body };
}

/** What ties a record to its approval. */
const columns = ({ id, plan, digest, subject }: Approval) => ({
  approval: id,
  ...(plan === undefined ? {} : { plan }),
  digest,
  subject,
});

const unavailable = (cause: LedgerError): ApprovalError => ({
  kind: 'evidence_unavailable',
  message: 'the ledger could not be read or written',
  cause,
});
const unknownApproval = (id: string): ApprovalError => ({
  kind: 'unknown_approval',
  message: 'no approval has this id',
  detail: id,
});
const digestMismatch: ApprovalError = {
  kind: 'digest_mismatch',
  message: 'the stored plan is not the one that was asked about',
};
const tooLate: ApprovalError = { kind: 'expired', message: 'the time to answer is over; ask again' };
const notDenied = ({ status }: Approval): ApprovalError => ({
  kind: 'not_denied',
  message: 'nobody said no to this, or the no was taken back',
  detail: status,
});
const notPending = ({ status }: Approval): ApprovalError => ({
  kind: 'not_pending',
  message: 'this approval was answered or withdrawn',
  detail: status,
});
const notTheAsker = (subject: string): ApprovalError => ({
  kind: 'not_the_asker',
  message: 'only the subject that asked may take it back; others revoke or deny it',
  detail: subject,
});
