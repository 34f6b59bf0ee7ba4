/** A ledger for questions that nobody records: asked where there is no home. Empty, and it keeps nothing. */

import type { Ledger, LedgerError } from '@meshclaw/core';
import { errAsync, okAsync } from 'neverthrow';

const unavailable: LedgerError = { kind: 'unavailable', message: 'there is no ledger here' };

/** Takes records of decisions and forgets them; whatever else would be stored is refused. */
export const noLedger: Ledger = {
  id: 'none',
  append: (records) =>
    records.every(({ type }) => type === 'decision.made')
      ? okAsync(records.map((_, index) => ({ index, leaf: '' })))
      : errAsync(unavailable),
  find: () => okAsync([]),
  count: () => okAsync(0),
  size: () => okAsync(0),
  head: () => errAsync(unavailable),
  verify: () => errAsync(unavailable),
};
