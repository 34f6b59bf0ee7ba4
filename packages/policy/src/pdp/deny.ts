/** The one birthplace of denials that no rule gave: whatever goes wrong while deciding becomes one of these. */

import type { Decision, Reason } from '@meshclaw/core';

export type FailureRule =
  | 'policy.unavailable'
  | 'policy.error'
  | 'policy.timeout'
  | 'policy.malformed_decision'
  | 'policy.invalid_request'
  | 'policy.failed_self_test';

const MESSAGES: Readonly<Record<FailureRule, string>> = {
  'policy.unavailable': 'no working policy is loaded, so nothing is allowed',
  'policy.error': 'the policy failed while deciding, so nothing is allowed',
  'policy.timeout': 'the policy did not answer in time, so nothing is allowed',
  'policy.malformed_decision': 'the policy answered something that is no decision, so nothing is allowed',
  'policy.invalid_request': 'the request is not one that policy can read, so nothing is allowed',
  'policy.failed_self_test': 'the policy answered known requests too mildly, so nothing but reading is allowed',
};

/** A deny with the reason of a failure. The class is the strictest one, so that nothing built on it is mild. */
export function denyBecause(
  rule: FailureRule,
  measured: Pick<Decision, 'requestId' | 'policyDigest' | 'inputDigest' | 'durationMs'>,
  detail?: string,
): Decision {
  const reason: Reason = {
    rule,
    title: 'Policy failure',
    severity: 'critical',
    message: MESSAGES[rule],
    ...(detail === undefined ? {} : { facts: { detail } }),
  };
  return { ...measured, effect: 'deny', allowed: false, class: 'destructive', reasons: [reason], obligations: [] };
}
