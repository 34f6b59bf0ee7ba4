/** A fact is one observed value with its time; older than its limit it is unknown. */

import type { JsonValue } from './json.js';

/** What a read reports for the record. `name` is dotted snake_case (`disk.used_percent`); `unit` is a UCUM-like word (`percent`, `KiB`, `s`) or absent for plain values. */
export interface FactValue {
  readonly name: string;
  readonly value: JsonValue;
  readonly unit?: string;
}
/** A fact as folded from the ledger. `observedAt` is ISO 8601 UTC; `source` is the record index that holds it. */
export interface Fact extends FactValue {
  readonly target: string;
  readonly observedAt: string;
  readonly source: number;
}
