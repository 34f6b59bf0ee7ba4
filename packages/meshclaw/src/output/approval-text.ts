/** An approval as a person reads it. */

import type { Approval } from '@meshclaw/core';
import { visibleLine } from './escape.js';

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
