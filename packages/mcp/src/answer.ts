/** What every tool answers: one shape, whether it was done, refused or waits for a person. Knows nothing of MCP's wire. */

import type { Decision, Finding, Next, PendingApproval, Refusal, Report } from '@meshclaw/core';

/** `approval_required`: nothing was done yet, and a person may change that. `failed`: it was not done, or not seen to be done. */
export const STATUSES = ['ok', 'findings', 'partial', 'approval_required', 'failed'] as const;
export type AnswerStatus = (typeof STATUSES)[number];

/** Why something was not done, by whom it was refused; facts of the kind are further fields. */
export interface AnswerProblem {
  readonly kind: string;
  readonly message: string;
  readonly evidence: readonly string[];
}
export interface Answer {
  readonly status: AnswerStatus;
  /** Fits the tool's `data`; absent where nothing was learned. */
  readonly data?: unknown;
  readonly problems: readonly AnswerProblem[];
  /** What waits for a person. */
  readonly approvals: readonly PendingApproval[];
  /** Ids of ledger records. */
  readonly evidence: readonly string[];
  /** Where text in it comes from that neither MeshClaw nor its owner wrote: `server:<id>`, `ledger`. Empty: there is none. */
  readonly sources: readonly string[];
  readonly findings?: readonly Finding[];
  readonly next?: readonly Next[];
  readonly plan?: { readonly id: string; readonly digest: string };
  readonly run?: string;
}

/** It was done, and this is what came of it. */
export const done = (
  data: unknown,
  { evidence = [], sources = [] }: Partial<Pick<Answer, 'evidence' | 'sources'>> = {},
): Answer => ({ status: 'ok', data, problems: [], approvals: [], evidence, sources });

/** It was not done: a refusal of the engine. */
export function notDone(refusal: Refusal): Answer {
  const approvals = approvalsIn([refusal]);
  return {
    status: approvals.length > 0 ? 'approval_required' : 'failed',
    problems: [refusal],
    approvals,
    evidence: refusal.evidence,
    sources: sourcesOf(refusal),
  };
}

/** It was not done: an error of a port, or a call that makes no sense. */
export const failed = (problem: { readonly kind: string; readonly message: string }): Answer => ({
  status: 'failed',
  problems: [{ evidence: [], ...problem }],
  approvals: [],
  evidence: [],
  sources: [],
});

/** A workflow's report. Whatever it read comes from servers, so unless `own` says that it only told the inventory it is marked. */
export function reported(report: Report<unknown>, { own = false } = {}): Answer {
  const { findings, problems, next, evidence, plan, run } = report;
  const approvals = approvalsIn(problems);
  const waits = report.status === 'failed' && approvals.length > 0 && approvals.length === problems.length;
  // A report without evidence that has failed learned nothing, so nothing of a server is in it but what its refusals say.
  const nothingRead = own || (report.status === 'failed' && evidence.length === 0);
  const servers = report.targets.map((target) => `server:${target}`);
  const sources = nothingRead ? [...new Set(problems.flatMap(sourcesOf))] : servers.length > 0 ? servers : ['ledger'];
  return {
    status: waits ? 'approval_required' : report.status,
    ...(report.status === 'failed' ? {} : { data: report.data }),
    ...{ problems, approvals, evidence, sources, findings, next, run },
    ...(plan ? { plan } : {}),
  };
}

const approvalsIn = (problems: readonly Refusal[]): readonly PendingApproval[] =>
  problems.flatMap((refusal) => (refusal.kind === 'approval_required' ? [refusal.approval] : []));

/** The server, where a refusal may hold text that it wrote. */
function sourcesOf(refusal: Refusal): readonly string[] {
  const server = [`server:${refusal.target}`];
  switch (refusal.kind) {
    case 'invalid_input':
    case 'unknown_target':
    case 'refused':
    case 'evidence_unavailable':
    case 'running':
      return [];
    case 'denied':
    case 'approval_required':
      return quotesServer(refusal.decision) ? server : [];
    case 'unsupported':
    case 'stale':
    case 'not_sent':
    case 'failed':
    case 'outcome_unknown':
    case 'unrecorded':
    case 'unparseable_output':
    case 'unverified':
      return server;
  }
}

/** What reasons quote of the question is the engine's or the asker's own; facts and the rest may be a server's. */
const OWN_WORDS = /^(context|action|subject)\./;

/** Whether the reasons of a decision quote something that may have been read from the server. */
export const quotesServer = ({ reasons }: Pick<Decision, 'reasons'>): boolean =>
  reasons.some(({ facts }) => Object.keys(facts ?? {}).some((path) => !OWN_WORDS.test(path)));
