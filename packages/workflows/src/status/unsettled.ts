/** A change of which nobody knows whether it was done, as a finding. */

import type { Finding, UnsettledExecution } from '@meshclaw/core';

/** A change that is running is told and no more: its end may come. */
export function unsettledFinding(one: UnsettledExecution): readonly Finding[] {
  const about = { target: one.target, evidence: one.evidence };
  const facts = { execution: one.execution, operation: one.operation, subject: one.subject };
  if (one.state === 'running') {
    const detail = `${one.operation}, begun ${one.intendedAt}, as ${one.execution}.`;
    return [{ ...about, id: 'execution.running', severity: 'info', title: 'a change is being made', detail, facts }];
  }
  if (one.state === 'unread') {
    const detail = `${one.operation}, begun ${one.intendedAt}: ${one.reason}. Ask for the end of ${one.execution}.`;
    const title = 'the end of a change was not read yet';
    return [{ ...about, id: 'execution.unread', severity: 'medium', title, detail, facts }];
  }
  return [
    {
      id: 'execution.unsettled',
      target: one.target,
      severity: 'high',
      title: 'a change may or may not have been done',
      detail: `${one.operation}, begun ${one.intendedAt}: ${one.reason}. Look at the server, then settle ${one.execution} with what was found.`,
      evidence: one.evidence,
      facts: { execution: one.execution, operation: one.operation, subject: one.subject },
    },
  ];
}
