/** What it means that a server did not answer. */

import type { ExecutorError, Finding, Refusal, RefusalOf, Severity, Target } from '@meshclaw/core';

const MEANING: Readonly<Record<ExecutorError['kind'], readonly [id: string, severity: Severity, title: string]>> = {
  unreachable: ['server.unreachable', 'high', 'it does not answer'],
  timed_out: ['server.unreachable', 'high', 'it does not answer in time'],
  identity_mismatch: ['server.identity_mismatch', 'critical', 'what answers is not the server that is known'],
  authentication_failed: ['server.access_refused', 'high', 'it refuses this account'],
  unsupported: ['server.not_asked', 'medium', 'it cannot be asked this way'],
  invalid_settings: ['server.not_asked', 'medium', 'its settings in the inventory do not fit'],
  not_started: ['server.not_asked', 'medium', 'the question could not be started there'],
  cancelled: ['server.not_asked', 'info', 'it was cancelled before it was asked'],
};

/** The findings of reads that could not be sent, one of each kind; other refusals are problems of the report already. */
export function unreached(id: string, target: Target | undefined, refusals: readonly Refusal[]): readonly Finding[] {
  const findings = refusals.flatMap((refusal) => (refusal.kind === 'not_sent' ? [findingOf(id, target, refusal)] : []));
  return findings.filter((one, place) => findings.findIndex((other) => other.id === one.id) === place);
}

function findingOf(target: string, known: Target | undefined, { error, evidence }: RefusalOf<'not_sent'>): Finding {
  const [id, usual, title] = MEANING[error.kind];
  // Said in the inventory by its owner; a wrong identity is none the better for it.
  const offline = known?.properties.intentionally_offline === true && id === 'server.unreachable';
  return {
    id,
    target,
    severity: offline ? 'info' : usual,
    title: offline ? 'it is off, as the inventory says' : title,
    detail: `Nothing is known of its state now: ${error.message}.`,
    evidence,
    facts: { reason: error.kind },
  };
}
