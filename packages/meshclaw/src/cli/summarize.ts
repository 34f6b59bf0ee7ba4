/** What happened in a span of time, folded from the ledger: what an owner wants to know at breakfast. */

import type { Ledger, LedgerError, RecordType, StoredRecord } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';

/** A change that was begun. `outcome` is that of the record of its end; `none` where there is none. */
export interface Change {
  readonly at: string;
  readonly operation: string;
  readonly target: string;
  readonly subject: string;
  readonly outcome: string;
}
/** Counts by name, and each change one by one. */
export interface Summary {
  readonly since: string;
  readonly until: string;
  readonly asked: Readonly<Record<string, number>>;
  /** Decisions on what was to be done, by effect; questions alone are not in it. */
  readonly decisions: Readonly<Record<string, number>>;
  /** `<subject>: <operation> on <target>`. */
  readonly denied: Readonly<Record<string, number>>;
  /** `<approver> (<method>)`. */
  readonly approved: Readonly<Record<string, number>>;
  readonly notApproved: Readonly<Record<string, number>>;
  readonly changed: readonly Change[];
  readonly freezes: number;
}

const TYPES: readonly RecordType[] = [
  'decision.made',
  'approval.granted',
  'approval.denied',
  'execution.intended',
  'execution.finished',
  'execution.settled',
  'freeze.set',
];
const PAGE = 1_000;

/** Reads the span page by page. Err kinds: `unavailable`. */
export async function summarize(ledger: Ledger, since: string, until: string): Promise<Result<Summary, LedgerError>> {
  const fold = createFold();
  for (let after: number | undefined; ; ) {
    const page = { types: TYPES, since, until, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const found = await ledger.find(page);
    if (found.isErr()) return err(found.error);
    for (const record of found.value) fold.add(record);
    after = found.value.at(-1)?.index;
    if (found.value.length < PAGE) return ok({ since, until, ...fold.done() });
  }
}

type Counts = Record<string, number>;
type Body = Readonly<Record<string, unknown>>;

function createFold() {
  const counts = { asked: {} as Counts, decisions: {} as Counts, denied: {} as Counts };
  const answers = { approved: {} as Counts, notApproved: {} as Counts };
  const changes = new Map<string, Change>();
  let freezes = 0;

  function add(record: StoredRecord): void {
    const { type, subject = '–', operation = '–', target = '–', execution = '' } = record;
    const body = (record.body ?? {}) as Body;
    if (type === 'decision.made' && body.mode !== 'check') {
      count(counts.asked, subject);
      count(counts.decisions, text(body.effect));
      if (body.effect === 'deny') count(counts.denied, `${subject}: ${operation} on ${target}`);
    } else if (type === 'approval.granted') count(answers.approved, `${text(body.approver)} (${text(body.method)})`);
    else if (type === 'approval.denied') count(answers.notApproved, text(body.by));
    else if (type === 'execution.intended') {
      changes.set(execution, { at: record.recordedAt, operation, target, subject, outcome: 'none' });
    } else if (type === 'freeze.set') freezes += 1;
    else end(execution, body);
  }

  /** A read has an end and no beginning: it is no change. */
  function end(execution: string, body: Body): void {
    const change = changes.get(execution);
    if (change !== undefined) changes.set(execution, { ...change, outcome: outcomeOf(body) });
  }

  return { add, done: () => ({ ...counts, ...answers, changed: [...changes.values()], freezes }) };
}

function count(counts: Counts, name: string): void {
  counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + 1;
}

function outcomeOf({ outcome, found }: Body): string {
  if (typeof found === 'string') return `settled as ${found}`;
  const { kind, exit_code: exitCode, signal, status } = (outcome ?? {}) as Body;
  const detail = [exitCode, signal, status].find((value) => value !== undefined);
  return detail === undefined ? text(kind) : `${text(kind)} ${text(detail)}`;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–');
