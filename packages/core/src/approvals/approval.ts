/** An approval as it is folded from the ledger, and the desk where people answer. */

import type { ResultAsync } from 'neverthrow';
import type { Plan } from '../plan.js';
import type { Bounds } from './bounds.js';

/** How a yes was proved. `presence` is an `sk-` key whose signature says that somebody touched it. */
export type ApprovalMethod = 'signature' | 'presence';
/** One signed yes. Times are ISO 8601 UTC; `statement` and `signature` (SSHSIG armour) are kept so that the engine checks them again at use. */
export interface Grant {
  readonly approver: string;
  readonly fingerprint: string;
  readonly method: ApprovalMethod;
  readonly notAfter: string;
  readonly slots: readonly number[];
  readonly statement: string;
  readonly signature: string;
  readonly index: number;
}
/** `used` means that every slot is consumed. */
export type ApprovalStatus = 'pending' | 'granted' | 'denied' | 'expired' | 'revoked' | 'used';
export interface Approval {
  readonly id: string;
  /** What it is a yes to; absent for a bounded grant, which has `bounds` instead. */
  readonly plan?: string;
  readonly bounds?: Bounds;
  readonly digest: string;
  /** `<type>:<id>` of the asker. */
  readonly subject: string;
  readonly status: ApprovalStatus;
  readonly requestedAt: string;
  /** The ledger index of its request. */
  readonly requestIndex: number;
  readonly expiresAt: string;
  /** When it was first answered, with a yes or a no; absent while nobody has. */
  readonly answeredAt?: string;
  /** When a record said that its time was over. */
  readonly expiredAt?: string;
  /** Number of steps of the plan, or of uses within bounds; a slot is a step's index, or a use. */
  readonly slots: number;
  readonly consumed: readonly number[];
  readonly grants: readonly Grant[];
  readonly denial?: { readonly by: string; readonly reason: string; readonly until: string };
  /** What policy demanded when it was asked. */
  readonly demands: ApprovalDemands;
}
export interface ApprovalDemands {
  readonly minimum: ApprovalMethod;
  /** Number of different approvers that must sign. */
  readonly signers: 1 | 2;
}
export interface ApprovalError {
  readonly kind:
    | 'unknown_approval'
    | 'invalid_bounds'
    | 'approval_denied'
    | 'too_many_pending'
    | 'not_denied'
    | 'digest_mismatch'
    | 'not_pending'
    | 'not_the_asker'
    | 'expired'
    | 'bad_signature'
    | 'unknown_key'
    | 'wrong_statement'
    | 'weak_method'
    | 'approvers_unavailable'
    | 'evidence_unavailable';
  readonly message: string;
  readonly detail?: string;
  readonly cause?: unknown;
}
/** Made apart from MeshClaw, so that a package which must not approve is never given it. */
export interface ApprovalDesk {
  /** Newest first, at most 200. Err kinds: `evidence_unavailable`. */
  list(): ResultAsync<readonly Approval[], ApprovalError>;
  /** An approval with the plan it is about (none for a bounded grant), read back from the ledger and checked against its digest. Err kinds: `unknown_approval`, `digest_mismatch`, `evidence_unavailable`. */
  show(id: string): ResultAsync<{ readonly approval: Approval; readonly plan?: Plan }, ApprovalError>;
  /** Asks for a bounded grant; an identical one that waits is joined. `by` is `<type>:<id>`. Err kinds: `invalid_bounds`, `approval_denied`, `too_many_pending`, `evidence_unavailable`. */
  requestBounded(
    bounds: Omit<Bounds, 'v'>,
    asked: { readonly by: string; readonly because?: string; readonly demands?: ApprovalDemands },
  ): ResultAsync<Approval, ApprovalError>;
  /** The exact text that an approver signs (namespace `meshclaw-approval@v1`). Err kinds: those of `show`, `not_pending`, `expired`. */
  statement(id: string): ResultAsync<string, ApprovalError>;
  /** Checks the signature over the statement and records the yes. Err kinds: all. */
  grant(
    id: string,
    answer: { readonly statement: string; readonly signature: string },
  ): ResultAsync<Approval, ApprovalError>;
  /** Records a no; it holds for that digest for 24 hours. `by` is `<type>:<id>`. */
  deny(id: string, answer: { readonly by: string; readonly reason: string }): ResultAsync<Approval, ApprovalError>;
  /** The asker takes the ask back, before or after the yes. Err kinds: `unknown_approval`, `not_pending`, `not_the_asker`, `evidence_unavailable`. */
  withdraw(id: string, by: string): ResultAsync<Approval, ApprovalError>;
  /** The exact text that an approver signs to take a no back. Err kinds: `unknown_approval`, `not_denied`, `evidence_unavailable`. */
  reliefStatement(id: string): ResultAsync<string, ApprovalError>;
  /** An approver takes a no back before its 24 hours are over; the ask stays over and may be made anew. Err kinds: those of `reliefStatement`, `bad_signature`, `unknown_key`, `weak_method`, `approvers_unavailable`. */
  relieve(id: string, signature: string): ResultAsync<Approval, ApprovalError>;
  /** Ends an ask or a yes that is not used up; whoever does it, nothing more is allowed by it. Err kinds: `unknown_approval`, `not_pending`, `evidence_unavailable`. */
  revoke(id: string, answer: { readonly by: string; readonly reason: string }): ResultAsync<Approval, ApprovalError>;
}
/** What may be read of approvals without being able to answer one: for faces that only ask. */
export type ApprovalReader = Pick<ApprovalDesk, 'list' | 'show'>;
