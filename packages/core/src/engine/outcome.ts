/** From what an executor reported to what the operation may read: signals, unknowns and unexpected exits end here. */

import { err, ok, type Result } from 'neverthrow';
import type { Operation } from '../operation.js';
import type { Answered, Captured, Exited, Outcome } from '../outcome.js';
import { redactJson } from '../redaction/redact-json.js';
import type { Refusal } from '../refusal.js';
import type { Platform } from '../target.js';
import { type About, outcomeUnknown, staleState, unparseable } from './refuse.js';

/** Exit code of a script that found its target changed and did nothing (sysexits' EX_TEMPFAIL). */
const STALE_EXIT = 75;

/** An outcome with every text masked: what is kept, parsed and shown from here on. */
export function redactOutcome(outcome: Outcome, redact: (text: string) => string): Outcome {
  const text = (captured: Captured): Captured => ({ ...captured, text: redact(captured.text) });
  switch (outcome.kind) {
    case 'exited':
    case 'signalled':
      return { ...outcome, stdout: text(outcome.stdout), stderr: text(outcome.stderr) };
    case 'answered':
      return { ...outcome, body: redactJson(outcome.body, redact) };
    case 'unknown':
      return {
        ...outcome,
        reason: redact(outcome.reason),
        ...(outcome.stdout ? { stdout: text(outcome.stdout) } : {}),
        ...(outcome.stderr ? { stderr: text(outcome.stderr) } : {}),
      };
  }
}

/** The operation's typed output, or why there is none. Err kinds: `outcome_unknown`, `failed`, `stale`, `unparseable_output`. */
export function readOutcome(
  operation: Operation,
  outcome: Outcome,
  input: unknown,
  platform: Platform,
  about: About,
): Result<unknown, Refusal> {
  const answer = expected(operation, outcome, about);
  if (answer.isErr()) return err(answer.error);
  try {
    const parsed = operation.parse(answer.value, input, platform);
    if (parsed.isErr()) return err(unparseable(about, parsed.error.message));
    const output = operation.output.safeParse(parsed.value);
    return output.success ? ok(output.data) : err(unparseable(about, 'the output does not fit the operation'));
  } catch {
    return err(unparseable(about, 'the parser broke off'));
  }
}

function expected(operation: Operation, outcome: Outcome, about: About): Result<Exited | Answered, Refusal> {
  switch (outcome.kind) {
    case 'unknown':
      return err(outcomeUnknown(about, outcome.reason));
    case 'signalled':
      return err(failed(about, { signal: outcome.signal, stderr: outcome.stderr.text }));
    case 'answered':
      return outcome.status < 400 ? ok(outcome) : err(failed(about, { status: outcome.status, stderr: '' }));
    case 'exited':
      if (operation.exits.includes(outcome.exitCode)) return ok(outcome);
      if (outcome.exitCode === STALE_EXIT && operation.change) {
        return err(staleState(about, 'unchanged', outcome.stderr.text));
      }
      return err(failed(about, { exitCode: outcome.exitCode, stderr: outcome.stderr.text }));
  }
}

const failed = (
  { operation, target, evidence = [] }: About,
  how: { exitCode?: number; signal?: string; status?: number; stderr: string },
): Refusal => ({ operation, target, evidence, kind: 'failed', message: 'the target could not do it', ...how });
