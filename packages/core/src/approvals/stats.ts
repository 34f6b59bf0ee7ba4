/** Figures about approvals: how often people are asked, how fast they answer, and how often with a no. */

import type { Approval, ApprovalStatus } from './approval.js';

/** Times are seconds; `null` where nobody answered. */
export interface ApprovalStats {
  readonly asked: number;
  readonly byStatus: Readonly<Partial<Record<ApprovalStatus, number>>>;
  readonly answered: number;
  /** Share of the answers that were a no, 0 to 1. */
  readonly deniedShare: number | null;
  /** Bounded grants that were given, and how often they were used instead of asking. */
  readonly bounded: { readonly granted: number; readonly uses: number };
  /** Times of ten minutes in which more than ten yeses were given. */
  readonly hastyTimes: number;
  readonly secondsToAnswer: { readonly median: number; readonly slowest: number; readonly fastest: number } | null;
}

/** Counts approvals. A yes within two seconds, again and again, is what tired approvers give: `fastest` shows it. Pure. */
export function approvalStats(approvals: readonly Approval[]): ApprovalStats {
  const byStatus: Partial<Record<ApprovalStatus, number>> = {};
  for (const { status } of approvals) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const answered = approvals.filter(({ answeredAt }) => answeredAt !== undefined);
  const denied = answered.filter(({ denial }) => denial !== undefined).length;
  const bounded = approvals.filter(({ bounds, grants }) => bounds !== undefined && grants.length > 0);
  return {
    asked: approvals.length,
    byStatus,
    answered: answered.length,
    deniedShare: answered.length === 0 ? null : denied / answered.length,
    bounded: {
      granted: bounded.length,
      uses: bounded.reduce((sum, { consumed }) => sum + consumed.length, 0),
    },
    hastyTimes: hasty(approvals),
    secondsToAnswer: spread(answered),
  };
}

const HASTY_MS = 600_000;
const MANY_YESES = 10;

function hasty(approvals: readonly Approval[]): number {
  const times = approvals.flatMap(({ answeredAt, denial }) =>
    answeredAt === undefined || denial ? [] : [Math.floor(Date.parse(answeredAt) / HASTY_MS)],
  );
  return [...new Set(times)].filter((time) => times.filter((other) => other === time).length > MANY_YESES).length;
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
