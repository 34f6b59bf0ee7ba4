/** Looks whether a change really holds, through the same door as any read. */

import { err, ok, type Result } from 'neverthrow';
import type { JsonValue } from '../json.js';
import type { NewRecord } from '../ledger.js';
import type { Refusal } from '../refusal.js';
import type { Asking, Engine } from './engine.js';
import type { PerformRead, Prepared } from './prepare.js';
import type { Scope } from './records.js';
import { unrecorded } from './refuse.js';

/** Reads until the change is seen or the attempts are used up, and records which. Answers the record's id, or undefined when the operation has nothing to look at. Err kinds: `unverified`, `unrecorded`. */
export async function verify(
  engine: Engine,
  asking: Asking,
  prepared: Prepared,
  before: JsonValue,
  scope: Scope,
  performRead: PerformRead,
): Promise<Result<string | undefined, Refusal>> {
  const check = prepared.operation.change?.verify;
  if (check === undefined || 'none' in check) return ok(undefined);
  const wanted = check.input(prepared.input);
  const reads: string[] = [];
  let holds = false;
  for (let attempt = 1; attempt <= check.attempts && !holds; attempt += 1) {
    if (attempt > 1) await engine.clock.sleep(check.everyMs, asking.signal);
    const read = await performRead(asking, check.operation, prepared.target.id, wanted);
    reads.push(...(read.isOk() ? read.value.evidence : read.error.evidence));
    holds = read.isOk() && check.holds(read.value.output, { input: prepared.input, before });
  }
  const kept = await engine.ledger.append([verificationRecord(scope, check.operation.name, holds, reads)]);
  if (kept.isErr()) return err(unrecorded(prepared.about, kept.error));
  const evidence = kept.value.map(({ index }) => String(index));
  return holds ? ok(evidence[0]) : err(unverified(prepared, before, evidence));
}

function verificationRecord(
  { asking, ...scope }: Scope,
  by: string,
  holds: boolean,
  reads: readonly string[],
): NewRecord {
  return {
    ...scope,
    ...(asking.run === undefined ? {} : { run: asking.run }),
    subject: `${asking.subject.type}:${asking.subject.id}`,
    type: 'observation.recorded',
    body: { facts: [], verification: { by, holds, reads } },
  };
}

function unverified(prepared: Prepared, before: JsonValue, evidence: readonly string[]): Refusal {
  const undo = prepared.operation.change?.undo;
  const wanted = typeof undo === 'function' ? undo({ input: prepared.input, before }) : undefined;
  const suggestion = wanted && { operation: wanted.operation.name, input: wanted.input as JsonValue };
  return {
    ...prepared.about,
    evidence,
    kind: 'unverified',
    message: 'it was done, and what it was to bring about was not seen',
    ...(suggestion ? { undo: suggestion } : {}),
  };
}
