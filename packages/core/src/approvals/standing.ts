/** How one subject stands before it may ask: is the same ask waiting or denied, and is there room for one more. */

import { ok, type ResultAsync, safeTry } from 'neverthrow';
import type { Ledger, LedgerError, StoredRecord } from '../ledger.js';
import type { Approval } from './approval.js';
import { MOST_BOUNDED_MINUTES } from './bounds.js';
import { APPROVAL_RECORDS, foldApprovals } from './fold-approval.js';

/** How long a person has to answer about a plan, and the asker to use the answer. */
export const APPROVAL_MS = 10 * 60_000;
const MOST_PENDING = 20;
const MOST_RECORDS = 1_000;

export interface Standing {
  /** The same ask, which waits. */
  readonly merged?: Approval;
  /** Somebody said no to exactly this, and it still holds. */
  readonly denied: boolean;
  /** Asks of this digest whose time is over and which no record says so of. */
  readonly overdue: readonly Approval[];
  readonly room: boolean;
  /** The newest record about any approval of the subject. */
  readonly newest: number | undefined;
}

/** Reads it. Whoever then asks stores `askKey` with the request, so that of two who ask at once one sees the other's. Err kinds: `unavailable`. */
export function standingOf(
  ledger: Ledger,
  subject: string,
  digest: string,
  now: string,
): ResultAsync<Standing, LedgerError> {
  return safeTry(async function* () {
    const newest = { order: 'newest_first', limit: MOST_RECORDS, types: APPROVAL_RECORDS } as const;
    // The longest that anything may wait.
    const since = new Date(Date.parse(now) - MOST_BOUNDED_MINUTES * 60_000).toISOString();
    // A page full of the newest records may hide what waits.
    const lately = new Date(Date.parse(now) - APPROVAL_MS).toISOString();
    const all = yield* ledger.find({ ...newest, subject, since });
    const [last] = all.length > 0 ? all : yield* ledger.find({ ...newest, subject, limit: 1 });
    const same = folded(yield* ledger.find({ ...newest, digest }), now);
    const merged = same.findLast(({ status }) => status === 'pending');
    const pending = folded(all, now).filter(({ status }) => status === 'pending');
    return ok({
      ...(merged ? { merged } : {}),
      denied: same.some(({ status, denial }) => status === 'denied' && denial !== undefined && now < denial.until),
      overdue: same.filter(({ status, expiredAt }) => status === 'expired' && expiredAt === undefined),
      room: pending.length < MOST_PENDING && !(all.length === MOST_RECORDS && (all.at(-1)?.recordedAt ?? '') > lately),
      newest: last?.index,
    });
  });
}

/** Stored once with a request. */
export const askKey = (subject: string, { newest }: Standing): string => `asked:${subject}:${newest ?? 'first'}`;

const folded = (newestFirst: readonly StoredRecord[], now: string): readonly Approval[] =>
  foldApprovals([...newestFirst].reverse(), now);
