/** Executions whose end nobody knows: folded from intents, outcomes and people's findings. */

import { ok, type ResultAsync, safeTry } from 'neverthrow';
import { z } from 'zod';
import type { Ledger, LedgerError, NewRecord, StoredRecord } from './ledger.js';

/** A change of which it is not known whether it was done. Times are ISO 8601 UTC; `evidence` are its records, oldest first. */
export interface UnsettledExecution {
  readonly execution: string;
  /** `running`: its time is not over. `unread`: it went on by itself, and its end waits on the target. `broken_off`: its time is over and no outcome was recorded. `unknown`: the executor could not tell. */
  readonly state: 'running' | 'unread' | 'broken_off' | 'unknown';
  readonly operation: string;
  readonly target: string;
  readonly subject: string;
  readonly plan?: string;
  readonly intendedAt: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}
/** How a change ended, as it was seen. A text is left out where the record keeps it beside the ledger. */
export interface CollectedExecution {
  readonly execution: string;
  readonly operation: string;
  readonly target: string;
  readonly outcome: {
    readonly kind: 'exited' | 'signalled' | 'answered';
    readonly durationMs: number;
    readonly exitCode?: number;
    readonly signal?: string;
    readonly status?: number;
    readonly stdout?: CollectedText;
    readonly stderr?: CollectedText;
  };
  readonly evidence: readonly string[];
}
export interface CollectedText {
  readonly text?: string;
  readonly bytes: number;
  readonly cut: boolean;
}
/** The once key of the record that ends what is asked of a target about an execution. */
export const endedKey = (execution: string): string => `ended:${execution}`;
/** What a person found when he looked. */
export const FOUND = ['done', 'not_done', 'partly_done'] as const;
export type Found = (typeof FOUND)[number];

/** Intents that are looked at, newest first: more than a fleet of this size changes between two looks. */
const INTENTS = 1_000;
const PAGE = 500;
/** Beyond the time limit: ending a command, draining its output and writing its record. */
const GRACE_MS = 60_000;
/** Where an intent does not say how long it may take. */
const LONGEST_MS = 3_600_000;

/** The unsettled among the newest thousand changes, oldest first. Err kinds: `unavailable`. */
export function unsettledExecutions(
  ledger: Ledger,
  now: string,
): ResultAsync<readonly UnsettledExecution[], LedgerError> {
  return safeTry(async function* () {
    const intents = yield* page(ledger, { types: ['execution.intended'], order: 'newest_first' }, INTENTS);
    const oldest = intents.at(-1);
    if (!oldest) return ok([]);
    const types = ['execution.finished', 'execution.settled'] as const;
    const ends = yield* page(ledger, { types, order: 'oldest_first', after: oldest.index }, Number.POSITIVE_INFINITY);
    return ok(foldUnsettled(intents.toReversed(), ends, now));
  });
}

type Page = Pick<Parameters<Ledger['find']>[0], 'types' | 'order' | 'after'>;

function page(ledger: Ledger, query: Page, most: number): ResultAsync<readonly StoredRecord[], LedgerError> {
  return safeTry(async function* () {
    const all: StoredRecord[] = [];
    let after = query.after;
    while (all.length < most) {
      const from = after === undefined ? {} : { after };
      const found = yield* ledger.find({ ...query, ...from, limit: Math.min(PAGE, most - all.length) });
      all.push(...found);
      after = found.at(-1)?.index;
      if (after === undefined) break;
    }
    return ok(all);
  });
}

const intentBody = z.object({ timeout_ms: z.number().nonnegative(), detached: z.boolean().optional() });
const endBody = z.object({ outcome: z.object({ kind: z.string(), reason: z.string().optional() }) });

/** Folds intents (oldest first) with what ended them. Pure. */
export function foldUnsettled(
  intents: readonly StoredRecord[],
  ends: readonly StoredRecord[],
  now: string,
): readonly UnsettledExecution[] {
  const endsOf = new Map<string | undefined, StoredRecord[]>();
  for (const end of ends) endsOf.set(end.execution, [...(endsOf.get(end.execution) ?? []), end]);
  return intents.flatMap((intent) => {
    const its = endsOf.get(intent.execution) ?? [];
    const state = stateOf(intent, its, now);
    return state === undefined ? [] : [{ ...describeIntent(intent, its), ...state }];
  });
}

function stateOf(
  intent: StoredRecord,
  ends: readonly StoredRecord[],
  now: string,
): Pick<UnsettledExecution, 'state' | 'reason'> | undefined {
  if (ends.some(({ type }) => type === 'execution.settled')) return undefined;
  const outcomes = ends.map(({ body }) => endBody.safeParse(body));
  // Any record that tells the end outweighs one that does not know it.
  if (outcomes.some((one) => one.success && one.data.outcome.kind !== 'unknown')) return undefined;
  const body = intentBody.safeParse(intent.body);
  const over = Date.parse(intent.recordedAt) + (body.success ? body.data.timeout_ms : LONGEST_MS) + GRACE_MS;
  const isOver = Date.parse(now) >= over;
  const canBeRead = body.success && body.data.detached === true && !ends.some(({ once }) => once?.startsWith('ended:'));
  if (canBeRead) return isOver || outcomes.length > 0 ? UNREAD : RUNNING;
  if (outcomes.length > 0) {
    const reason = outcomes.find((one) => one.success)?.data?.outcome.reason;
    return { state: 'unknown', reason: reason ?? 'its record cannot be read' };
  }
  return isOver ? { state: 'broken_off', reason: BROKEN_OFF } : RUNNING;
}

const RUNNING = { state: 'running', reason: 'its time is not over' } as const;
const UNREAD = { state: 'unread', reason: 'it went on by itself, and its end waits on the target' } as const;

const BROKEN_OFF = 'nothing was recorded after its intent';

const describeIntent = (intent: StoredRecord, ends: readonly StoredRecord[]) => ({
  execution: intent.execution ?? '',
  operation: intent.operation ?? '',
  target: intent.target ?? '',
  subject: intent.subject ?? '',
  ...(intent.plan === undefined ? {} : { plan: intent.plan }),
  intendedAt: intent.recordedAt,
  evidence: [intent, ...ends].map(({ index }) => String(index)),
});

/** Puts on record that what broke off has an unknown outcome; answers how many. A second process that does the same changes nothing. Err kinds: `unavailable`. */
export function keepBrokenOff(ledger: Ledger, now: string): ResultAsync<number, LedgerError> {
  return safeTry(async function* () {
    const unsettled = yield* unsettledExecutions(ledger, now);
    const broken = unsettled.filter(({ state }) => state === 'broken_off');
    for (const one of broken) {
      const kept = await ledger.append([brokenOff(one)]);
      if (kept.isErr() && kept.error.kind !== 'already_recorded') yield* kept;
    }
    return ok(broken.length);
  });
}

const brokenOff = ({ execution, operation, target, subject, plan }: UnsettledExecution): NewRecord => ({
  type: 'execution.finished',
  execution,
  operation,
  target,
  subject,
  ...(plan === undefined ? {} : { plan }),
  once: `broken_off:${execution}`,
  body: { outcome: { kind: 'unknown', reason: BROKEN_OFF, duration_ms: 0 } },
});
