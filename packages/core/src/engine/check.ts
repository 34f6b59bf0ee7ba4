/** Asks what policy would say and does nothing; the question itself is recorded. */

import { err, ok, type Result } from 'neverthrow';
import type { Decision } from '../decision.js';
import type { JsonValue } from '../json.js';
import type { Operation, OperationClass } from '../operation.js';
import type { Refusal } from '../refusal.js';
import type { Platform } from '../target.js';
import { decide, type Question } from './decide.js';
import type { Asking, Engine } from './engine.js';
import { findTarget } from './prepare.js';
import { decisionMade } from './records.js';
import { appendRefused, invalidInput, unsupportedHere } from './refuse.js';

/** Questions about a whole class have the name `class.<class>`. */
const CLASS_QUESTION = /^class\.(read|write|destructive|spend|secret)$/;

/** The decision for an operation of the catalogue (input checked) or for a class. Err kinds: `invalid_input`, `unknown_target`, `unsupported`, `refused`, `evidence_unavailable`. */
export async function check(
  engine: Engine,
  asking: Asking,
  name: string,
  targetId: string,
  input: unknown,
): Promise<Result<Decision, Refusal>> {
  const about = { operation: name, target: targetId };
  const target = await findTarget(engine, about);
  if (target.isErr()) return err(target.error);
  const question = await questionOf(engine, name, input);
  if (question.isErr())
    return err(
      'issues' in question.error
        ? invalidInput(about, question.error.issues)
        : unsupportedHere(about, question.error.reason),
    );
  const decided = await decide(engine, asking, target.value, question.value, 'check');
  if (decided.isErr()) return err(decided.error);
  const scope = { asking, ...about, policy: decided.value.decision.policyDigest };
  const kept = await engine.ledger.append([decisionMade(engine, scope, decided.value)]);
  return kept.isOk() ? ok(decided.value.decision) : err(appendRefused(about, kept.error));
}

async function questionOf(
  engine: Engine,
  name: string,
  input: unknown,
): Promise<Result<Question, { readonly issues: readonly string[] } | { readonly reason: string }>> {
  const asked = CLASS_QUESTION.exec(name)?.[1] as OperationClass | undefined;
  if (asked) return ok({ name, class: asked, input: (input ?? {}) as JsonValue });
  const operation = Object.hasOwn(engine.operations, name) ? await engine.operations[name]?.() : undefined;
  if (!operation) return err({ reason: 'no operation has this name' });
  // Without an input the question is about the operation as such.
  if (input === undefined) return ok({ name, class: operation.class, input: {} });
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return ok(fullQuestion(operation, parsed.data));
  return err({ issues: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) });
}

/** Judged operations are asked about with their words; theirs do not depend on the platform. */
function fullQuestion(operation: Operation, input: unknown): Question {
  const question = { name: operation.name, class: operation.class, input: input as JsonValue };
  const action = operation.class === 'judged' ? operation.action(input, {} as Platform) : undefined;
  return action === undefined || action.kind === 'unsupported' ? question : { ...question, action };
}
