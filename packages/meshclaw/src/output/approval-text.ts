/** An approval as a person reads it. */

import type { Approval, Plan } from '@meshclaw/core';
import { visibleLine } from './escape.js';
import { planLines } from './plan-text.js';

/** State, demands, signatures and a denial, if there is one. */
export function approvalLines(approval: Approval): readonly string[] {
  const { id, status, subject, requestedAt, expiresAt, demands, grants, consumed, slots, denial } = approval;
  const needs = `${demands.signers === 1 ? 'one approver' : 'two approvers'}, proved by ${demands.minimum}`;
  return [
    `approval  ${id}`,
    `status    ${status}`,
    `asked by  ${visibleLine(subject)} at ${requestedAt}, open until ${expiresAt}`,
    `needs     ${needs}`,
    `used      ${consumed.length} of ${slots}`,
    ...grants.map((grant) => `yes by    ${visibleLine(grant.approver)} (${grant.method}, ${grant.fingerprint})`),
    ...(denial ? [`no by     ${visibleLine(`${denial.by}: ${denial.reason}`)}, until ${denial.until}`] : []),
  ];
}

/** What a yes to it is a yes to: the whole plan, or every bound. */
export function askedLines({
  approval,
  plan,
}: {
  readonly approval: Approval;
  readonly plan?: Plan;
}): readonly string[] {
  const { bounds, digest, expiresAt } = approval;
  if (plan) return planLines(plan);
  if (!bounds) return [];
  const { subject, operations, targets, uses, minutes } = bounds;
  return [
    'a bounded grant: each use is decided by policy and recorded, and nobody looks at its bytes before it runs',
    `digest    ${digest}`,
    `for       ${visibleLine(`${subject.type}:${subject.id}`)}`,
    ...operations.map((operation) => `may do    ${visibleLine(operation)}`),
    ...targets.map((target) => `on        ${visibleLine(target)}`),
    `at most   ${uses} ${uses === 1 ? 'time' : 'times'} in all, within ${minutes} minutes: until ${expiresAt}`,
    'void      where policy demands a yes of its own when it is used, and for words that are judged (command.run)',
  ];
}
