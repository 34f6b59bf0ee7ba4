/** Past decisions asked again: reads `decision.made` records of an exported ledger. Whether the export is what was signed is checked elsewhere. */

import { EFFECTS, type PolicyDecisionPoint } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { PolicyError } from '../../errors.js';
import { answerOf, type Flip, flipBetween } from './flips.js';
import { requestFrom } from './read-requests.js';

/** A past decision that comes out otherwise, with its record. */
export interface ReplayedFlip extends Flip {
  readonly record: number;
  readonly at: string;
}
/** A record whose request can no longer be asked. It is no decision that stayed the same. */
export interface Unreplayable {
  readonly record: number;
  readonly problem: string;
}
/** What became of every decision in the export. */
export interface Replay {
  readonly decisions: number;
  readonly flips: readonly ReplayedFlip[];
  readonly unreplayable: readonly Unreplayable[];
  /** How many were decided by the same policy as this one. */
  readonly samePolicy: number;
  /** How many were stored with something blacked out, so that this is not quite the request of then. */
  readonly redacted: number;
}

/** What the ledger's redactor leaves in place of a secret. */
const REDACTED = /\[redacted:[\w-]+\]/;

const headerSchema = z.looseObject({ format: z.literal('meshclaw-export/1'), records: z.int().min(0) });
const recordSchema = z.looseObject({ type: z.string(), index: z.int(), recorded_at: z.string() });
const bodySchema = z.looseObject({
  request: z.unknown(),
  decision: z.looseObject({
    effect: z.enum(EFFECTS),
    policy_digest: z.string(),
    reasons: z.array(z.looseObject({ rule: z.string() })),
    obligations: z.array(z.looseObject({ type: z.string(), parameters: z.record(z.string(), z.json()) })),
  }),
});

/** Asks every decision of an export again. Err kinds: `policy.unreadable_source` when the lines are not a whole export. */
export async function replayDecisions(
  policy: PolicyDecisionPoint,
  lines: AsyncIterable<string>,
): Promise<Result<Replay, PolicyError>> {
  let expected: number | undefined;
  let records = 0;
  const tally = createTally(policy);
  for await (const line of lines) {
    if (expected === undefined) {
      const header = headerSchema.safeParse(parse(line));
      if (!header.success) return err(notExport('its first line is not that of an export'));
      expected = header.data.records;
    } else if (line !== '' && !line.startsWith('{"head":')) {
      const record = recordSchema.safeParse(parse(line));
      if (!record.success) return err(notExport(`record ${records} is none`));
      records += 1;
      if (record.data.type === 'decision.made') await tally.add(record.data);
    }
  }
  if (expected !== records) return err(notExport(`it has ${records} of ${expected ?? 'unknown'} records`));
  return ok(tally.result());
}

const notExport = (cause: string): PolicyError => ({
  kind: 'policy.unreadable_source',
  message: 'this is not a whole export of a ledger',
  cause,
});

function createTally(policy: PolicyDecisionPoint) {
  const flips: ReplayedFlip[] = [];
  const unreplayable: Unreplayable[] = [];
  const count = { decisions: 0, samePolicy: 0, redacted: 0 };
  return {
    add: async ({ index: record, recorded_at: at, body }: z.output<typeof recordSchema>): Promise<void> => {
      count.decisions += 1;
      const made = bodySchema.safeParse(body);
      const read = made.success ? requestFrom(made.data.request) : { problem: 'not a decision' };
      if (!made.success || 'problem' in read) {
        unreplayable.push({ record, problem: 'problem' in read ? read.problem : 'not a decision' });
        return;
      }
      const { policy_digest } = made.data.decision;
      const again = await policy.decide(read.request);
      if (policy_digest === policy.digest) count.samePolicy += 1;
      if (REDACTED.test(JSON.stringify(made.data.request))) count.redacted += 1;
      const flip = flipBetween(
        read.request,
        answerOf(made.data.decision as Parameters<typeof answerOf>[0]),
        answerOf(again),
      );
      if (flip) flips.push({ record, at, ...flip });
    },
    result: (): Replay => ({ ...count, flips, unreplayable }),
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
