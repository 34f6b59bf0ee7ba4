/** A change of which nobody knows whether it was done, as a finding. */

import type { Finding, UnsettledExecution } from '@meshclaw/core';

/** None for a change that is still running: its end may come. */
export function unsettledFinding(one: UnsettledExecution): readonly Finding[] {
  if (one.state === 'running') return [];
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
