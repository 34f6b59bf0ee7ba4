/** Refusals and errors in words: what happened, why, and what can be done. */

import type { Decision, Reason, Refusal } from '@meshclaw/core';
import type { HomeError } from '../errors.js';
import { differenceLines } from './differences.js';
import { quotedWord, visibleLine } from './escape.js';

/** A refusal as lines for people. */
export function refusalLines(refusal: Refusal): readonly string[] {
  const head = `${refusal.kind}: ${refusal.operation} on ${refusal.target}: ${refusal.message}`;
  const evidence = refusal.evidence.length === 0 ? [] : [`  evidence: ${refusal.evidence.join(', ')}`];
  return [head, ...details(refusal).map((line) => `  ${visibleLine(line)}`), ...evidence];
}

function details(refusal: Refusal): readonly string[] {
  switch (refusal.kind) {
    case 'invalid_input':
      return refusal.issues;
    case 'unknown_target':
      return ['"meshclaw list" shows the servers of the inventory'];
    case 'unsupported':
    case 'outcome_unknown':
      return [refusal.reason];
    case 'running':
      return [`its end:  meshclaw executions wait ${refusal.execution}`];
    case 'denied':
      return reasonLines(refusal.decision);
    case 'approval_required': {
      const { id, plan, expiresAt, how } = refusal.approval;
      return [
        ...reasonLines(refusal.decision),
        `approval: ${id}   plan: ${plan}   open until ${expiresAt}`,
        `a person approves:  ${how} --key <private key>`,
        `then run it:        meshclaw apply ${plan}`,
      ];
    }
    case 'stale':
      return differenceLines(refusal.expected, refusal.found);
    case 'not_sent':
      return [`${refusal.error.kind}: ${refusal.error.message}`];
    case 'failed': {
      const ended = refusal.exitCode ?? refusal.signal ?? refusal.status;
      return [
        `ended with ${ended ?? 'an error'}`,
        ...(refusal.stderr === '' ? [] : refusal.stderr.trimEnd().split('\n')),
      ];
    }
    case 'unparseable_output':
      return [refusal.detail];
    case 'unverified':
      return refusal.undo
        ? [`it can be undone by ${refusal.undo.operation} ${JSON.stringify(refusal.undo.input)}`]
        : [];
    case 'refused':
      return [`why: ${refusal.why}`];
    case 'evidence_unavailable':
    case 'unrecorded':
      return causeLine(refusal.cause);
  }
}

const causeLine = (cause: unknown): readonly string[] => {
  const message = (cause as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? [message] : [];
};

/** The reasons of a decision: rule, message, what to do, where the rule is written. */
export function reasonLines({ reasons, alternative }: Decision): readonly string[] {
  return [
    ...reasons.flatMap(reasonLine),
    ...(alternative ? [`instead: ${alternative.operation} (${alternative.why})`] : []),
  ];
}

function reasonLine({ rule, message, remediation, source, severity }: Reason): readonly string[] {
  const place = source === undefined ? '' : `   ${source}`;
  return [`${rule} (${severity}): ${message}${place}`, ...(remediation === undefined ? [] : [`  ${remediation}`])];
}

/** Configuration and home errors, each with its place and remedy. */
export function homeErrorLines(error: HomeError): readonly string[] {
  switch (error.kind) {
    case 'meshclaw.home_unusable':
      return [`${error.kind}: ${quotedWord(error.path)}: ${error.message}: ${error.detail}`];
    case 'meshclaw.unsafe_permissions':
      return [`${error.kind}: ${quotedWord(error.path)} (mode ${error.mode}): ${error.message}`, `  ${error.remedy}`];
    case 'meshclaw.invalid_configuration':
      return [
        `${error.kind}: ${error.message}`,
        ...error.problems.map(({ file, line, column, path, text, nearest }) => {
          const where = path === '' ? '' : ` (${path})`;
          const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
          return visibleLine(`${file}:${line}:${column}: ${text}${where}${meant}`);
        }),
      ];
  }
}
