/** Figures about approvals: how often people are asked, how fast they answer, and how often with a no. */

import type { Approval, ApprovalStatus } from './approval.js';

/** Times are seconds; `null` where nobody answered. */
export interface ApprovalStats {
  readonly asked: number;
  readonly byStatus: Readonly<Partial<Record<ApprovalStatus, number>>>;
  readonly answered: number;
  /** Share of the answers that were a no, 0 to 1. */
  readonly deniedShare: number | null;
  readonly secondsToAnswer: { readonly median: number; readonly slowest: number; readonly fastest: number } | null;
}

/** Counts approvals. A yes within two seconds, again and again, is what tired approvers give: `fastest` shows it. Pure. */
export function approvalStats(approvals: readonly Approval[]): ApprovalStats {
  const byStatus: Partial<Record<ApprovalStatus, number>> = {};
  for (const { status } of approvals) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const answered = approvals.filter(({ answeredAt }) => answeredAt !== undefined);
  const denied = answered.filter(({ denial }) => denial !== undefined).length;
  return {
    asked: approvals.length,
    byStatus,
    answered: answered.length,
    deniedShare: answered.length === 0 ? null : denied / answered.length,
    secondsToAnswer: spread(answered),
  };
}

function spread(answered: readonly Approval[]): ApprovalStats['secondsToAnswer'] {
  const seconds = answered
    .map(({ requestedAt, answeredAt = requestedAt }) => (Date.parse(answeredAt) - Date.parse(requestedAt)) / 1_000)
    .sort((a, b) => a - b);
  const [fastest] = seconds;
  if (fastest === undefined) return null;
  const median = seconds[Math.floor((seconds.length - 1) / 2)] ?? fastest;
  return { median, slowest: seconds.at(-1) ?? fastest, fastest };
}
