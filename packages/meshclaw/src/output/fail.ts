/** Prints why a command could not do what was asked, and answers its exit code. */

import type { ApprovalError, LedgerError, Refusal } from '@meshclaw/core';
import type { ProofError } from '@meshclaw/evidence';
import { codeOfError, codeOfRefusal, EXIT, type ExitCode } from '../cli/exit-code.js';
import type { HomeError, MeshClawPackageError } from '../errors.js';
import { visibleLine } from './escape.js';
import type { Printer } from './printer.js';
import { homeErrorLines, refusalLines } from './refusal-text.js';

/** An error of this package. */
export function fail(printer: Printer, error: MeshClawPackageError): ExitCode {
  printer.problem(error, errorLines(error));
  return codeOfError(error);
}

/** A refusal of the engine. */
export function failRefusal(printer: Printer, refusal: Refusal): ExitCode {
  printer.problem(refusal, refusalLines(refusal));
  return codeOfRefusal(refusal);
}

/** An error of the ledger. */
export function failLedger(printer: Printer, error: LedgerError): ExitCode {
  printer.problem(error, [`${error.kind}: ${visibleLine(error.message)}`]);
  return EXIT.notDone;
}

/** Why nothing was proved; `detail` is what was asked about. */
export function failProof(printer: Printer, { kind, message, cause }: ProofError, detail: string): ExitCode {
  switch (kind) {
    case 'evidence.not_covered':
      return fail(printer, { kind: 'meshclaw.not_found', message, detail });
    case 'evidence.bad_head':
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail });
    case 'evidence.unavailable':
      return failLedger(printer, { kind: 'unavailable', message, cause });
  }
}

/** An error of the approval desk. */
export function failApproval(printer: Printer, error: ApprovalError): ExitCode {
  const detail = error.detail === undefined ? '' : ` (${error.detail})`;
  printer.problem(error, [visibleLine(`${error.kind}: ${error.message}${detail}`)]);
  return codeOfApproval(error);
}

/** A command line that makes no sense. */
export const failUsage = (printer: Printer, message: string, detail: string): ExitCode =>
  fail(printer, { kind: 'meshclaw.usage', message, detail });

function codeOfApproval({ kind }: ApprovalError): ExitCode {
  switch (kind) {
    case 'unknown_approval':
    case 'invalid_bounds':
    case 'approvers_unavailable':
      return EXIT.usage;
    case 'bad_signature':
    case 'unknown_key':
    case 'wrong_statement':
    case 'weak_method':
    case 'expired':
    case 'not_pending':
    case 'not_denied':
    case 'approval_denied':
    case 'not_the_asker':
    case 'digest_mismatch':
      return EXIT.denied;
    case 'evidence_unavailable':
    case 'too_many_pending':
      return EXIT.notDone;
  }
}

function errorLines(error: MeshClawPackageError): readonly string[] {
  if (isHomeError(error)) return homeErrorLines(error);
  if ('path' in error) return [`${error.kind}: ${visibleLine(`${error.path}: ${error.message}: ${error.detail}`)}`];
  return [`${error.kind}: ${visibleLine(error.message)}`, ...(error.detail === '' ? [] : [`  ${error.detail}`])];
}

const isHomeError = (error: MeshClawPackageError): error is HomeError =>
  'problems' in error || 'remedy' in error || error.kind === 'meshclaw.home_unusable';
