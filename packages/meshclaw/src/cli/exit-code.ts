/** What a process ends with. The one place where refusals, reports and errors become exit codes. */

import type { Decision, Effect, Refusal, RefusedWhy, Report, Severity, StepReport } from '@meshclaw/core';
import type { MeshClawPackageError } from '../errors.js';

/** 0 fine · 1 findings at or over the threshold · 2 usage or configuration · 3 denied · 4 approval required · 5 could not reach or execute · 6 partial · 7 outcome unknown. */
export const EXIT = {
  fine: 0,
  findings: 1,
  usage: 2,
  denied: 3,
  approvalRequired: 4,
  notDone: 5,
  partial: 6,
  unknown: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of a refusal. */
export function codeOfRefusal(refusal: Refusal): ExitCode {
  switch (refusal.kind) {
    case 'invalid_input':
    case 'unknown_target':
      return EXIT.usage;
    case 'denied':
      return EXIT.denied;
    case 'approval_required':
      return EXIT.approvalRequired;
    case 'refused':
      return codeOfRefused(refusal.why);
    case 'unsupported':
    case 'stale':
    case 'evidence_unavailable':
    case 'not_sent':
    case 'failed':
    case 'unparseable_output':
    case 'unverified':
      return EXIT.notDone;
    case 'outcome_unknown':
    case 'running':
    case 'unrecorded':
      return EXIT.unknown;
  }
}

/** The engine's own no: a standing no is a denial, a wrong id is usage, the rest could not be done. */
function codeOfRefused(why: RefusedWhy): ExitCode {
  switch (why) {
    case 'frozen':
    case 'not_the_asker':
    case 'approval_denied':
      return EXIT.denied;
    case 'unknown_plan':
    case 'unknown_execution':
      return EXIT.usage;
    case 'obligation':
    case 'already_used':
    case 'overtaken':
    case 'inventory_unavailable':
    case 'expired':
    case 'cancelled':
    case 'too_many_pending':
    case 'defect':
      return EXIT.notDone;
  }
}

/** The code of a decision that was only asked for. */
export const codeOfDecision = ({ effect }: Pick<Decision, 'effect'>): ExitCode => codeOfEffect(effect);

function codeOfEffect(effect: Effect): ExitCode {
  switch (effect) {
    case 'read_state':
    case 'auto_safe':
      return EXIT.fine;
    case 'approval_required':
      return EXIT.approvalRequired;
    case 'deny':
      return EXIT.denied;
  }
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** The code of a workflow's report; findings count from `threshold` on. */
export function codeOfReport(report: Report<unknown>, threshold: Severity): ExitCode {
  switch (report.status) {
    case 'ok':
      return EXIT.fine;
    case 'findings': {
      const over = report.findings.some(({ severity }) => SEVERITY_ORDER[severity] >= SEVERITY_ORDER[threshold]);
      return over ? EXIT.findings : EXIT.fine;
    }
    case 'partial':
      return report.problems.some((refusal) => codeOfRefusal(refusal) === EXIT.unknown) ? EXIT.unknown : EXIT.partial;
    case 'failed':
      return worst(report.problems.map(codeOfRefusal));
  }
}

/** The code of an applied plan: unknown outweighs partial, partial outweighs done. */
export function codeOfSteps(steps: readonly StepReport[]): ExitCode {
  if (steps.some(({ state }) => state === 'unknown')) return EXIT.unknown;
  if (steps.every(({ state }) => state === 'done')) return EXIT.fine;
  if (steps.some(({ state }) => state === 'done')) return EXIT.partial;
  const first = steps.find((step) => step.state === 'failed' || step.state === 'refused');
  return first && 'refusal' in first ? codeOfRefusal(first.refusal) : EXIT.notDone;
}

/** What matters most to whoever reads the code alone. A failed report without a problem is still not done. */
function worst(codes: readonly ExitCode[]): ExitCode {
  const order = [EXIT.unknown, EXIT.denied, EXIT.approvalRequired, EXIT.notDone, EXIT.usage] as const;
  return order.find((code) => codes.includes(code)) ?? EXIT.notDone;
}

/** The code of an error of this package. */
export function codeOfError({ kind }: Pick<MeshClawPackageError, 'kind'>): ExitCode {
  switch (kind) {
    case 'meshclaw.home_unusable':
    case 'meshclaw.unsafe_permissions':
    case 'meshclaw.invalid_configuration':
    case 'meshclaw.policy_unavailable':
    case 'meshclaw.engine_unavailable':
    case 'meshclaw.usage':
    case 'meshclaw.unreadable_file':
    case 'meshclaw.not_found':
    case 'meshclaw.key_unreadable':
    case 'meshclaw.key_unsupported':
    case 'meshclaw.already_enrolled':
    case 'meshclaw.approvers_missing':
    case 'meshclaw.approvers_unavailable':
    case 'meshclaw.not_frozen':
    case 'meshclaw.not_unsettled':
    case 'meshclaw.inventory_unchanged':
      return EXIT.usage;
    case 'meshclaw.bad_signature':
    case 'meshclaw.unknown_key':
    case 'meshclaw.fingerprint_mismatch':
    case 'meshclaw.host_key_changed':
    case 'meshclaw.not_confirmed':
      return EXIT.denied;
    case 'meshclaw.signature_required':
    case 'meshclaw.confirmation_required':
      return EXIT.approvalRequired;
    case 'meshclaw.ledger_unavailable':
    case 'meshclaw.evidence_unavailable':
    case 'meshclaw.signing_failed':
    case 'meshclaw.changed_meanwhile':
    case 'meshclaw.not_reached':
      return EXIT.notDone;
  }
}
