/** Whether an approval's time was over before, whatever the clock says now: a clock that is set back revives nothing. */

import { ok, type ResultAsync, safeTry } from 'neverthrow';
import type { Ledger, LedgerError } from '../ledger.js';
import type { Approval } from './approval.js';

/** Processes that write at the same time may differ by less; a clock that goes back further was set. */
const TOLERATED_MS = 60_000;

/**
 * True when a record that came after the request bears a time at which the approval had expired, or one before it was asked
 * for. Only later records count, so a clock that was once wrong and is right again harms nothing new. Err kinds: `unavailable`.
 */
export function hasLapsed(
  ledger: Ledger,
  { expiresAt, requestedAt, requestIndex }: Approval,
): ResultAsync<boolean, LedgerError> {
  const later = { after: requestIndex, order: 'oldest_first', limit: 1 } as const;
  const longBefore = new Date(Date.parse(requestedAt) - TOLERATED_MS).toISOString();
  return safeTry(async function* () {
    const over = yield* ledger.find({ ...later, since: expiresAt });
    if (over.length > 0) return ok(true);
    const before = yield* ledger.find({ ...later, until: longBefore });
    return ok(before.length > 0);
  });
}
