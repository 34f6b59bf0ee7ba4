/** A decision point of which only the answers about reading still count, because others were too mild. */

import type { PolicyAlarm } from '@meshclaw/core';
import type { LoadedPdp } from './create-pdp.js';
import { denyBecause } from './deny.js';

/** Denies whatever is not plainly of class read, and says which known requests were answered too mildly. */
export function readsOnly(pdp: LoadedPdp, tooMild: readonly string[]): LoadedPdp {
  const names = tooMild.join(', ');
  const alarm: PolicyAlarm = {
    id: 'policy.failed_self_test',
    severity: 'critical',
    title: 'The policy answers known-bad requests too mildly, so everything but reading is denied',
    detail: names,
  };
  return {
    ...pdp,
    decide: async (request) => {
      const decision = await pdp.decide(request);
      const reads = decision.class === 'read' && request.action.class === 'read';
      return reads || decision.effect === 'deny' ? decision : denyBecause('policy.failed_self_test', decision, names);
    },
    alarms: () => [...pdp.alarms(), alarm],
  };
}
