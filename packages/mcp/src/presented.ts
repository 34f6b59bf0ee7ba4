/** An answer as it leaves: masked, made visible, bounded, and marked where others wrote in it. */

import { type Decision, type JsonObject, type JsonValue, redactJson, toProblem, visible } from '@meshclaw/core';
import type { Answer, AnswerProblem } from './answer.js';
import { decided } from './decided.js';

/** Longer text is cut in the middle: what is asked for is mostly at its beginning or end, and a context is not endless. */
const MOST_CHARACTERS = 16_384;

/** The answer as plain JSON. */
export function presented(answer: Answer, redact: (text: string) => string): JsonObject {
  const { status, approvals, problems, sources, ...told } = answer;
  const plain = {
    status,
    // The mark stands before what it marks: it is read first.
    untrusted: sources.length > 0,
    sources,
    ...told,
    problems: problems.map((problem) => problemOf(problem, redact)),
    approvals: approvals.map(({ how, ...approval }) => ({ ...approval, ...waysOn(approval.id, how) })),
  };
  // What JSON cannot say (undefined, a class) goes here, before anything is looked at.
  const json = JSON.parse(JSON.stringify(plain)) as JsonObject;
  return shown(redactJson(json, redact)) as JsonObject;
}

/** Kind, message, evidence and facts, without causes. The decision of an approval that is asked for stands beside it already. */
function problemOf(problem: AnswerProblem & { readonly decision?: Decision }, redact: (text: string) => string) {
  const brief = problem.decision ? { ...problem, decision: decided(problem.decision) } : problem;
  const { kind, message, facts } = toProblem(brief, redact);
  const { approval: _, ...rest } = facts;
  return { kind, message, ...rest };
}

/** What a person types, and what the asker does then. No tool approves. */
const waysOn = (id: string, how: string) => ({
  person: [`meshclaw approvals show ${id}`, `${how} --key <private key>`],
  after: 'show the person these lines and stop; once meshclaw_approval_status says granted, make the same call again',
});

function shown(value: JsonValue): JsonValue {
  if (typeof value === 'string') return visible(withoutMiddle(value));
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [visible(withoutMiddle(key)), shown(item)]));
}

function withoutMiddle(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const half = MOST_CHARACTERS / 2;
  const left = text.length - MOST_CHARACTERS;
  return `${text.slice(0, half)}\n[… ${left} characters left out …]\n${text.slice(-half)}`;
}
