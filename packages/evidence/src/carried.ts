/** What the first records of an epoch bring along from the epochs before. */

import type { JsonValue, StoredRecord } from '@meshclaw/core';
import { framedReader } from './read-records.js';
import { fromWire, parseWire, type WireRecord } from './record.js';
import type { Store } from './store.js';

/** The body of one of the first records: `ledger.continued`, in as many parts as are needed. */
export interface ContinuedBody {
  readonly [name: string]: JsonValue;
  readonly epoch: number;
  readonly part: number;
  readonly parts: number;
  /** The signed head that closed the epoch before. */
  readonly head: string;
  /** Records that something still depends on, as their bytes have them. */
  readonly records: JsonValue & readonly WireRecord[];
  /** Keys that stay taken, with the index of the record that took each. */
  readonly once: Readonly<Record<string, number>>;
}

/** The records that were brought along, in the order of their indices. Throws when they cannot be read. */
export function carriedRecords(store: Store): readonly StoredRecord[] {
  const { epoch, frontier } = store.base();
  if (epoch === 1) return [];
  const read = framedReader(store);
  const records: StoredRecord[] = [];
  for (let part = 1, parts = 1; part <= parts; part += 1) {
    const { type, body } = parseWire(read(frontier.size + part - 1)) as { type?: unknown; body?: ContinuedBody };
    if (type !== 'ledger.continued' || body?.epoch !== epoch || body.part !== part) {
      throw new Error('the epoch does not begin with what it brought along');
    }
    parts = body.parts;
    records.push(...body.records.map(fromWire));
  }
  return records;
}
