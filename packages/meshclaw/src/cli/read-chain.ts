/** Every record that belongs to one story, oldest first. */

import type { Ledger, LedgerError, RecordQuery, StoredRecord } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';

const MOST = 1_000;

/** The records of a plan, an approval, an execution or a run, with those of the plan they belong to and the reads that verified it. Err kinds: `unavailable`. */
export async function readChain(ledger: Ledger, id: string): Promise<Result<readonly StoredRecord[], LedgerError>> {
  const named = await findAll(ledger, [{ plan: id }, { execution: id }, { approval: id }, { run: id }]);
  if (named.isErr()) return err(named.error);
  const plans = [...new Set(named.value.flatMap(({ plan }) => (plan === undefined ? [] : [plan])))];
  const around = await findAll(
    ledger,
    plans.map((plan) => ({ plan })),
  );
  if (around.isErr()) return err(around.error);
  const known = [...named.value, ...around.value];
  const reads = known.flatMap(verifyingReads);
  const seen = await findAll(
    ledger,
    reads.map((index) => ({ after: index - 1, limit: 1 })),
  );
  return seen.map((found) => inOrder([...known, ...found]));
}

async function findAll(
  ledger: Ledger,
  queries: readonly Partial<RecordQuery>[],
): Promise<Result<readonly StoredRecord[], LedgerError>> {
  const all: StoredRecord[] = [];
  for (const query of queries) {
    const found = await ledger.find({ order: 'oldest_first', limit: MOST, ...query });
    if (found.isErr()) return err(found.error);
    all.push(...found.value);
  }
  return ok(all);
}

/** A verification names the records of the reads it saw. */
function verifyingReads({ body }: StoredRecord): readonly number[] {
  const verification = (body as { readonly verification?: { readonly reads?: unknown } } | null)?.verification;
  return Array.isArray(verification?.reads) ? verification.reads.map(Number).filter(Number.isSafeInteger) : [];
}

const inOrder = (records: readonly StoredRecord[]): readonly StoredRecord[] =>
  [...new Map(records.map((record) => [record.index, record])).values()].toSorted((a, b) => a.index - b.index);
