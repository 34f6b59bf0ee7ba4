/** How an execution ended, from its records. Pure. */

import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import { type CollectedExecution, type CollectedText, endedKey } from '../executions.js';
import type { StoredRecord } from '../ledger.js';
import type { Captured, Outcome } from '../outcome.js';
import type { Refusal } from '../refusal.js';
import { type About, notSent, outcomeUnknown } from './refuse.js';

const text = z.object({ text: z.string().optional(), bytes: z.number(), cut: z.boolean() });
const ended = z.object({
  kind: z.enum(['exited', 'signalled', 'answered']),
  duration_ms: z.number(),
  exit_code: z.number().optional(),
  signal: z.string().optional(),
  status: z.number().optional(),
  stdout: text.optional(),
  stderr: text.optional(),
});
const finished = z.object({
  outcome: z.union([
    ended,
    z.object({ kind: z.literal('unknown'), reason: z.string() }),
    z.object({ kind: z.literal('not_sent'), error: z.object({ kind: z.string(), message: z.string() }) }),
  ]),
});

/** Undefined while the target can still be asked. `shown` is the outcome where this process has it whole. */
export function readEnd(
  { execution, about, intent }: { readonly execution: string; readonly about: About; readonly intent: StoredRecord },
  records: readonly StoredRecord[],
  shown?: Outcome,
): Result<CollectedExecution, Refusal> | undefined {
  const ends = records.filter(({ type }) => type === 'execution.finished');
  const outcomes = ends.flatMap(({ body }) => {
    const parsed = finished.safeParse(body);
    return parsed.success ? [parsed.data.outcome] : [];
  });
  const isFinal = ends.some(({ once }) => once === endedKey(execution)) || !isDetached(intent);
  const known = outcomes.find(({ kind }) => kind !== 'unknown');
  if (known === undefined)
    return isFinal && ends.length > 0 ? err(outcomeUnknown(about, reasonOf(outcomes))) : undefined;
  if (known.kind === 'not_sent') return err(notSent(about, { kind: 'not_started', message: known.error.message }));
  if (known.kind === 'unknown') return undefined;
  const { operation, target, evidence = [] } = about;
  return ok({ execution, operation, target, evidence, outcome: outcomeOf(known, shown) });
}

const isDetached = ({ body }: StoredRecord): boolean =>
  (body as { readonly detached?: unknown } | null)?.detached === true;

const reasonOf = (outcomes: readonly { readonly kind: string; readonly reason?: string }[]): string =>
  outcomes.findLast(({ reason }) => reason !== undefined)?.reason ?? 'its record cannot be read';

function outcomeOf(known: z.output<typeof ended>, shown: Outcome | undefined): CollectedExecution['outcome'] {
  const whole = shown && 'stdout' in shown ? { stdout: shown.stdout, stderr: shown.stderr } : {};
  const textOf = (kept: z.output<typeof text> | undefined, more: Captured | undefined): CollectedText | undefined => {
    const words = kept?.text ?? more?.text;
    return kept && { bytes: kept.bytes, cut: kept.cut, ...(words === undefined ? {} : { text: words }) };
  };
  const stdout = textOf(known.stdout, whole.stdout);
  const stderr = textOf(known.stderr, whole.stderr);
  return {
    kind: known.kind,
    durationMs: known.duration_ms,
    ...(known.exit_code === undefined ? {} : { exitCode: known.exit_code }),
    ...(known.signal === undefined ? {} : { signal: known.signal }),
    ...(known.status === undefined ? {} : { status: known.status }),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
  };
}
