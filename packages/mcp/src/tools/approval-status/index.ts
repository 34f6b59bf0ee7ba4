/** Answers how an approval stands. It reads; answering an approval is a person's, with a key that no tool has. */

import type { Approval, ApprovalError, Bounds, PlanBody } from '@meshclaw/core';
import { z } from 'zod';
import { type Answer, done, failed } from '../../answer.js';
import { defineTool } from '../../tool.js';

const MOST_LISTED = 20;

const State = z.strictObject({
  id: z.string(),
  status: z.enum(['pending', 'granted', 'denied', 'expired', 'revoked', 'used']),
  plan: z.string().optional(),
  /** Instead of a plan: what one signature allows several times. */
  bounds: z
    .strictObject({ operations: z.array(z.string()), targets: z.array(z.string()), uses: z.int(), used: z.int() })
    .optional(),
  subject: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  /** How many different approvers have to sign, and how many have. */
  signersNeeded: z.int(),
  signers: z.array(z.string()),
  denied: z.strictObject({ by: z.string(), reason: z.string(), until: z.string() }).optional(),
  /** What it is about; only where one approval was asked for. */
  steps: z.array(z.strictObject({ operation: z.string(), target: z.string() })).optional(),
});

/** Reads one approval, or the newest that wait. */
export const approvalStatus = defineTool({
  id: 'approval-status',
  title: 'See how an approval stands',
  description:
    'Answers whether a person has signed: pending, granted, denied, expired, revoked or used; without an id, what waits now. Use it after an answer said approval_required. When granted, make the call that was refused again, unchanged. Cannot grant, hurry or withdraw; do not poll, wait for the person.',
  uses: [],
  input: z.strictObject({ approval: z.string().min(1).max(64).optional().describe('its id, as appr-…') }),
  data: z.strictObject({ approvals: z.array(State) }),
  run: async ({ approval }, { approvals }): Promise<Answer> => {
    if (approval === undefined) {
      const listed = await approvals.list();
      if (listed.isErr()) return notRead(listed.error);
      const waiting = listed.value.filter(({ status }) => status === 'pending').slice(0, MOST_LISTED);
      return done({ approvals: waiting.map((one) => stateOf(one)) });
    }
    const shown = await approvals.show(approval);
    if (shown.isErr()) return notRead(shown.error);
    return done({ approvals: [stateOf(shown.value.approval, shown.value.plan?.body.steps)] });
  },
});

const notRead = ({ kind, message, detail }: ApprovalError): Answer =>
  failed({ kind, message, ...(detail === undefined ? {} : { detail }) });

function stateOf(approval: Approval, steps?: PlanBody['steps']): z.input<typeof State> {
  const { id, status, plan, bounds, consumed, subject, requestedAt, expiresAt, demands, grants, denial } = approval;
  return {
    ...{ id, status, subject, requestedAt, expiresAt },
    ...(plan === undefined ? {} : { plan }),
    ...(bounds ? { bounds: boundsOf(bounds, consumed.length) } : {}),
    signersNeeded: demands.signers,
    signers: grants.map(({ approver }) => approver),
    ...(denial ? { denied: { ...denial } } : {}),
    ...(steps ? { steps: steps.map(({ operation, target }) => ({ operation, target: target.id })) } : {}),
  };
}

const boundsOf = ({ operations, targets, uses }: Bounds, used: number) => ({
  operations: [...operations],
  targets: [...targets],
  uses,
  used,
});
