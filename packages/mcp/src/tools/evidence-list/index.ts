/** Answers what is on record: who asked for what, what was decided, how it ended. Reads the ledger; writes nothing. */

import { type JsonObject, RECORD_TYPES, type RecordType, type StoredRecord } from '@meshclaw/core';
import { ServerId } from '@meshclaw/workflows/operations';
import { z } from 'zod';
import { done, failed } from '../../answer.js';
import { defineTool } from '../../tool.js';

const DEFAULT_LIMIT = 20;
/** A body holds a whole plan or output, so fewer of them fill an answer. */
const MOST = { plain: 100, withBodies: 10 };

const isRecordType = (type: string): type is RecordType => RECORD_TYPES.some((known) => known === type);

const Text = z.string().min(1).max(200);
const Entry = z.strictObject({
  /** Its number; the evidence ids of other answers are these. */
  id: z.string(),
  type: z.string(),
  recordedAt: z.string(),
  subject: z.string().optional(),
  target: z.string().optional(),
  operation: z.string().optional(),
  run: z.string().optional(),
  plan: z.string().optional(),
  approval: z.string().optional(),
  /** Of a decision. */
  effect: z.string().optional(),
  /** Of an execution: `exited`, `signalled`, `answered`, `unknown`, `not_sent`. */
  outcome: z.string().optional(),
  body: z.unknown().optional(),
});

/** Lists records, newest first. */
export const evidenceList = defineTool({
  id: 'evidence-list',
  title: 'List evidence',
  description:
    'Answers records of the ledger, newest first: time, subject, server, operation, effect of a decision, how an execution ended. Use it to see what was done and decided, or with bodies to read one record whole (before: its id + 1, limit 1). Reads only what is recorded: says nothing of a server now, proves nothing by itself (a person runs meshclaw evidence verify).',
  uses: [],
  input: z
    .strictObject({
      types: z
        .array(z.string().max(40))
        .min(1)
        .max(RECORD_TYPES.length)
        .optional()
        .describe('as decision.made, approval.requested, execution.finished, observation.recorded'),
      server: ServerId.optional(),
      operation: Text.optional(),
      subject: Text.optional().describe('as agent:codex'),
      plan: Text.optional(),
      approval: Text.optional(),
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
      before: z.int().min(0).optional().describe('only records with a smaller id: the next page'),
      limit: z.int().min(1).max(MOST.plain).default(DEFAULT_LIMIT),
      bodies: z.boolean().default(false).describe(`whole records, at most ${MOST.withBodies}`),
    })
    .superRefine(({ types = [], bodies, limit }, check) => {
      const unknown = types.find((type) => !isRecordType(type));
      if (unknown !== undefined) {
        check.addIssue({ code: 'custom', path: ['types'], message: `is one of ${RECORD_TYPES.join(' ')}` });
      }
      if (bodies && limit > MOST.withBodies) {
        check.addIssue({ code: 'custom', path: ['limit'], message: `at most ${MOST.withBodies} with bodies` });
      }
    }),
  data: z.strictObject({ records: z.array(Entry) }),
  run: async ({ server, before, bodies, types, ...asked }, { records }) => {
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const found = await records.find({
      ...given,
      limit: asked.limit,
      ...(types === undefined ? {} : { types: types.filter(isRecordType) }),
      ...(server === undefined ? {} : { target: server }),
      ...(before === undefined ? {} : { after: before }),
      order: 'newest_first',
    });
    if (found.isErr()) return failed({ kind: 'evidence_unavailable', message: 'the ledger could not be read' });
    // Only bodies hold what servers and askers wrote; the rest are MeshClaw's own words and ids.
    return done(
      { records: found.value.map((record) => entryOf(record, bodies)) },
      bodies ? { sources: ['ledger'] } : {},
    );
  },
});

function entryOf(record: StoredRecord, bodies: boolean): z.input<typeof Entry> {
  const { index, type, recordedAt, subject, target, operation, run, plan, approval, body } = record;
  const { effect, outcome } = (body ?? {}) as { readonly effect?: unknown; readonly outcome?: JsonObject };
  const told = {
    ...{ subject, target, operation, run, plan, approval },
    effect: typeof effect === 'string' ? effect : undefined,
    outcome: typeof outcome?.kind === 'string' ? outcome.kind : undefined,
    body: bodies ? body : undefined,
  };
  const present = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { id: String(index), type, recordedAt, ...present };
}
