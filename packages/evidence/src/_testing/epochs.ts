/** Ledgers that were rotated. */

import type { NewRecord } from '@meshclaw/core';
import type { LedgerHandle } from '../ledger.js';
import { temporaryFolder, temporaryLedger } from './temporary.js';

/** A ledger in its third epoch, whose epochs do not end where a block of 256 does. */
export async function thirdEpoch(folder = temporaryFolder()): Promise<LedgerHandle> {
  const ledger = await temporaryLedger({ folder });
  for (const count of [300, 5]) {
    (await ledger.append(Array.from({ length: count }, (_, body) => decision({ body }))))._unsafeUnwrap();
    (await ledger.rotate())._unsafeUnwrap();
  }
  return ledger;
}

/** A record that says nothing. */
export const decision = (more: Partial<NewRecord> = {}): NewRecord => ({ type: 'decision.made', body: {}, ...more });

/** Appends, and answers the receipts. */
export const stored = async (ledger: LedgerHandle, records: readonly NewRecord[]) =>
  (await ledger.append(records))._unsafeUnwrap();
