/** Records of the ledger as a list: which are meant, and how they are shown. */

import { RECORD_TYPES, type RecordQuery } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { UsageError } from '../errors.js';
import { nearest } from '../home/nearest.js';
import { fail, failLedger } from '../output/fail.js';
import { recordSummary } from '../output/record-text.js';
import { table } from '../output/table.js';
import type { Arguments, OptionSpec } from './command.js';
import type { CommandContext } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';

const DEFAULT_LIMIT = 20;
const MOST = 1_000;

/** Options that choose records. */
export const RECORD_FILTERS: readonly OptionSpec[] = [
  { name: 'type', value: 'type', description: 'as decision.made', repeatable: true },
  { name: 'server', value: 'name', description: 'about this server' },
  { name: 'operation', value: 'name', description: 'about this operation' },
  { name: 'subject', value: 'type:id', description: 'asked by this subject' },
  { name: 'plan', value: 'id', description: 'about this plan' },
  { name: 'approval', value: 'id', description: 'about this approval' },
  { name: 'execution', value: 'id', description: 'about this execution' },
  { name: 'run', value: 'id', description: 'of this run of a workflow' },
  { name: 'digest', value: 'hex', description: 'about the plan with this digest' },
  { name: 'policy', value: 'hex', description: 'decided by the policy with this digest' },
  { name: 'once', value: 'key', description: 'the record that has this key' },
  { name: 'since', value: 'time', description: 'at or after this time (ISO 8601), or within the last 30m, 12h, 7d' },
  { name: 'until', value: 'time', description: 'before this time' },
  { name: 'limit', value: 'number', description: `at most so many (default ${DEFAULT_LIMIT}, at most ${MOST})` },
];

/** The query that the options mean. Err kinds: `meshclaw.usage`. */
export function queryFrom(args: Arguments): Result<RecordQuery, UsageError> {
  const unknown = args.list('type').find((type) => !RECORD_TYPES.some((known) => known === type));
  if (unknown !== undefined) {
    const near = nearest(unknown, RECORD_TYPES);
    return usage(`there is no record type "${unknown}"`, near === undefined ? '' : `did you mean "${near}"?`);
  }
  const types = RECORD_TYPES.filter((type) => args.list('type').includes(type));
  const [since, until, limit] = [
    timeFrom(args.optional('since')),
    timeFrom(args.optional('until')),
    limitFrom(args.optional('limit')),
  ];
  if (since.isErr()) return err(since.error);
  if (until.isErr()) return err(until.error);
  if (limit.isErr()) return err(limit.error);
  const given = {
    target: args.optional('server'),
    operation: args.optional('operation'),
    subject: args.optional('subject'),
    plan: args.optional('plan'),
    approval: args.optional('approval'),
    execution: args.optional('execution'),
    run: args.optional('run'),
    digest: args.optional('digest'),
    policy: args.optional('policy'),
    once: args.optional('once'),
    since: since.value,
    until: until.value,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return ok({ ...present, ...(types.length === 0 ? {} : { types }), order: 'newest_first', limit: limit.value });
}

/** How many; a default when nothing was said. Err kinds: `meshclaw.usage`. */
export function limitFrom(word: string | undefined): Result<number, UsageError> {
  if (word === undefined) return ok(DEFAULT_LIMIT);
  const limit = Number(word);
  const fits = /^[0-9]{1,4}$/.test(word) && limit >= 1 && limit <= MOST;
  return fits ? ok(limit) : usage(`this must be a number from 1 to ${MOST}`, word);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time, or a span back from now such as `12h`. Err kinds: `meshclaw.usage`. */
export function timeFrom(word: string | undefined): Result<string | undefined, UsageError> {
  if (word === undefined) return ok(undefined);
  const [, count, unit] = /^([0-9]{1,5})([mhd])$/.exec(word) ?? [];
  const time = count === undefined ? Date.parse(word) : Date.now() - Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  return Number.isNaN(time) ? usage('this is no time', word) : ok(new Date(time).toISOString());
}

/** Prints the records that a query finds. */
export async function listRecords({ openEvidence, printer }: CommandContext, query: RecordQuery): Promise<ExitCode> {
  const evidence = await openEvidence();
  if (evidence.isErr()) return fail(printer, evidence.error);
  const found = await evidence.value.ledger.find(query);
  if (found.isErr()) return failLedger(printer, found.error);
  const rows = found.value.map((record) => [
    String(record.index),
    record.recordedAt,
    record.type,
    record.subject ?? '',
    record.target ?? '',
    recordSummary(record),
  ]);
  const header = ['record', 'time', 'type', 'subject', 'server', 'what'];
  printer.text(rows.length === 0 ? 'no records' : table(header, rows, printer));
  printer.data({ records: found.value });
  return EXIT.fine;
}

const usage = (message: string, detail: string): Result<never, UsageError> =>
  err({ kind: 'meshclaw.usage', message, detail });
