/** The last look before anything is kept: what looks like a secret is masked in every record, whoever wrote it. */

import { errAsync } from 'neverthrow';
import type { JsonObject, JsonValue } from '../json.js';
import type { Ledger, NewRecord } from '../ledger.js';
import { redactJson } from './redact-json.js';

/** What is digested or signed is kept as it is, or not at all. */
const EXACT: readonly string[] = ['bytes', 'statement', 'signature'];

/** The same ledger, whose `append` masks columns, bodies and blobs, and fails with `unavailable` when what must stay exact holds a secret. */
export function redactingLedger<L extends Ledger>(ledger: L, redact: (text: string) => string): L {
  const append: Ledger['append'] = (records, unless) =>
    records.some((record) => exactOf(record).some((text) => redact(text) !== text))
      ? errAsync({
          kind: 'unavailable',
          message: 'a record holds what looks like a secret, where it may not be masked',
        })
      : ledger.append(
          records.map((record) => masked(record, redact)),
          unless,
        );
  return { ...ledger, append };
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const exactOf = ({ body }: NewRecord): readonly string[] =>
  isObject(body) ? EXACT.map((name) => body[name]).filter((text) => typeof text === 'string') : [];

function masked({ type, body, blobs, ...columns }: NewRecord, redact: (text: string) => string): NewRecord {
  const exact = isObject(body) ? Object.entries(body).filter(([name]) => EXACT.includes(name)) : [];
  const kept = redactJson(body, redact);
  return {
    ...(Object.fromEntries(Object.entries(columns).map(([name, text]) => [name, redact(text)])) as typeof columns),
    type,
    body: isObject(kept) ? { ...kept, ...Object.fromEntries(exact) } : kept,
    ...(blobs === undefined ? {} : { blobs: maskedBlobs(blobs, redact) }),
  };
}

const maskedBlobs = (
  blobs: Readonly<Record<string, Uint8Array>>,
  redact: (text: string) => string,
): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(Object.entries(blobs).map(([name, bytes]) => [name, maskedBytes(bytes, redact)]));

/** Bytes that are no text are left: every blob is text by now. */
function maskedBytes(bytes: Uint8Array, redact: (text: string) => string): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  const safe = redact(text);
  return safe === text ? bytes : Buffer.from(safe);
}
