/** Reads back how a change ended that went on by itself, in whatever process it was begun. Runs nothing. */

import { err, type Result } from 'neverthrow';
import { z } from 'zod';
import { subjectName } from '../decision.js';
import { type CollectedExecution, endedKey } from '../executions.js';
import type { DetachedRun, Followed } from '../executor.js';
import type { StoredRecord } from '../ledger.js';
import type { CollectOptions } from '../meshclaw.js';
import type { Outcome } from '../outcome.js';
import type { Refusal } from '../refusal.js';
import { came, forget, STOP_MS } from './detach.js';
import type { Asking, Engine } from './engine.js';
import { redactOutcome } from './outcome.js';
import { findTarget } from './prepare.js';
import { type Reached, withSession } from './reach.js';
import { readEnd } from './read-end.js';
import { executionFinished, type Scope } from './records.js';
import {
  type About,
  evidenceUnavailable,
  notSent,
  outcomeUnknown,
  refused,
  stillRunning,
  unrecorded,
  unsupportedHere,
} from './refuse.js';

const intentBody = z.object({
  detached: z.literal(true),
  executor: z.string(),
  identity: z.string(),
  action: z.object({ as: z.enum(['login', 'root']) }),
});
/** A change that was begun, as its records tell it. */
interface Begun {
  readonly execution: string;
  readonly intent: StoredRecord;
  readonly about: About;
}

// Reaching the target, and reading what was printed.
const CALL_MS = 30_000;
const MOST_OUTPUT = 1_048_576;
const RECORDS = 100;

/** What became of an execution. Err kinds: see `Session.collect`. */
export async function collect(
  engine: Engine,
  asking: Asking,
  execution: string,
  options: CollectOptions = {},
): Promise<Result<CollectedExecution, Refusal>> {
  const about = { operation: 'execution.collect', target: execution };
  try {
    const found = await engine.ledger.find({ execution, order: 'oldest_first', limit: RECORDS });
    if (found.isErr()) return err(evidenceUnavailable(about, found.error));
    const intent = found.value.find(({ type }) => type === 'execution.intended');
    if (!intent) return err(refused(about, 'unknown_execution'));
    const begun = { execution, intent, about: aboutOf(intent, found.value) };
    const end = readEnd(begun, found.value);
    if (end !== undefined) return end;
    const isAsker = intent.subject === subjectName(asking.subject) || asking.subject.type === 'human';
    if (options.stop && !isAsker) return err(refused(begun.about, 'not_the_asker'));
    return await ask(engine, asking, begun, options);
  } catch (cause) {
    return err(refused(about, 'defect', cause));
  }
}

const aboutOf = ({ operation = '', target = '' }: StoredRecord, records: readonly StoredRecord[]): About => ({
  operation,
  target,
  evidence: records.map(({ index }) => String(index)),
});

/** Asks the target, by the way and of the machine on which it was begun. */
async function ask(
  engine: Engine,
  asking: Asking,
  begun: Begun,
  options: CollectOptions,
): Promise<Result<CollectedExecution, Refusal>> {
  const { about, execution, intent } = begun;
  const body = intentBody.safeParse(intent.body);
  if (!body.success)
    return err(outcomeUnknown(about, 'nothing was recorded after its intent, and nothing was kept of it'));
  const target = await findTarget(engine, about);
  if (target.isErr()) return err(target.error);
  const reach = target.value.reach.filter(({ executor }) => executor === body.data.executor);
  const { waitMs = 0, stop = false, signal } = options;
  const bounds = { executionId: execution, timeoutMs: CALL_MS, maxOutputBytes: MOST_OUTPUT };
  const call = { ...bounds, ...(signal === undefined ? {} : { signal }) };
  return withSession(engine, { ...target.value, reach }, 'command', call, about, async ({ session }: Reached) => {
    if (session.identity !== body.data.identity) return err(notSent(about, ANOTHER));
    if (session.detached === undefined)
      return err(unsupportedHere(about, 'this executor keeps nothing going by itself'));
    const run: DetachedRun = {
      executionId: execution,
      as: body.data.action.as,
      startedMsAgo: sinceMs(engine, intent),
    };
    const how = { waitMs: stop ? Math.max(STOP_MS, waitMs) : waitMs, stop };
    const seen = await session.detached.follow(run, how, call);
    if (seen.isErr()) return err(notSent(about, seen.error));
    if (seen.value.kind === 'running') return onRecord(engine, begun, stillRunning(about, execution));
    const kept = await keep(engine, asking, begun, seen.value);
    if (kept.isOk() || kept.error.kind === 'outcome_unknown')
      await forget({ detaching: session.detached, action: body.data.action }, call);
    return kept;
  });
}

const ANOTHER = {
  kind: 'identity_mismatch',
  message: 'another machine answers than the one on which it was begun',
} as const;

const sinceMs = ({ clock }: Engine, { recordedAt }: StoredRecord): number =>
  Math.max(0, Date.parse(clock.now()) - Date.parse(recordedAt)) + 1_000;

/** One record, whoever reads it back first. */
async function keep(
  engine: Engine,
  asking: Asking,
  begun: Begun,
  seen: Exclude<Followed, { readonly kind: 'running' }>,
): Promise<Result<CollectedExecution, Refusal>> {
  const { about, execution, intent } = begun;
  const { operation, target } = about;
  const scope: Scope = {
    asking,
    operation,
    target,
    execution,
    ...(intent.plan === undefined ? {} : { plan: intent.plan }),
    ...(intent.digest === undefined ? {} : { digest: intent.digest }),
  };
  const end = came(seen);
  if ('running' in end) return err(stillRunning(about, execution));
  const ended = 'outcome' in end ? { outcome: redactOutcome(end.outcome, engine.redact) } : end;
  const record = { ...executionFinished(engine, scope, ended), once: endedKey(execution) };
  const kept = await engine.ledger.append([record]);
  if (kept.isErr() && kept.error.kind !== 'already_recorded') return err(unrecorded(about, kept.error));
  const shown = 'outcome' in ended ? ended.outcome : undefined;
  return onRecord(engine, begun, outcomeUnknown(about, 'its end is on record and cannot be read'), shown);
}

/** What the ledger says by now; whoever else asked may have been first. */
async function onRecord(
  { ledger }: Engine,
  begun: Begun,
  otherwise: Refusal,
  shown?: Outcome,
): Promise<Result<CollectedExecution, Refusal>> {
  const { about, execution, intent } = begun;
  const found = await ledger.find({ execution, order: 'oldest_first', limit: RECORDS });
  if (found.isErr()) return err(evidenceUnavailable(about, found.error));
  return readEnd({ ...begun, about: aboutOf(intent, found.value) }, found.value, shown) ?? err(otherwise);
}
