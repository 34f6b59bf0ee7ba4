/** The one crossing between records as TypeScript has them and the bytes that are kept. */

import {
  type BlobReference,
  canonicalJson,
  type JsonValue,
  type LedgerError,
  type NewRecord,
  RECORD_TYPES,
  type StoredRecord,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { RECORD_VERSION } from './envelope.js';
import { unavailable } from './errors.js';

/** A record that only lacks its index and time: everything that can fail has been done. */
export interface Draft {
  readonly type: string;
  readonly once: string | undefined;
  /** The columns from `writer` on, in their order. */
  readonly columns: readonly (string | null)[];
  /** RFC 8785 text up to the index, between index and time, and after the time. */
  readonly text: readonly [string, string, string];
}

/** Larger content belongs in blobs; one record must not fill the log that everyone reads. */
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;
const types = new Set<string>(RECORD_TYPES);

/** Turns a record into canonical text, in which index and time are put later. Err kinds: `unavailable`. */
export function draftRecord(
  record: NewRecord,
  writer: string,
  blobs: Readonly<Record<string, BlobReference>> | undefined,
): Result<Draft, LedgerError> {
  if (!types.has(record.type)) return err(unavailable('the record has an unknown type'));
  try {
    const { approval, body, digest, execution, once, operation, plan, policy, run, subject, target, type } = record;
    const references = blobs as JsonValue | undefined;
    const text = [
      `{${members({ approval, blobs: references, body, digest, execution }).slice(1)},"index":`,
      `${members({ once, operation, plan, policy })},"recorded_at":`,
      `${members({ run, subject, target, type, v: RECORD_VERSION, writer })}}`,
    ] as const;
    const sizeBytes = text.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    if (body === undefined) return err(unavailable('the record has no body'));
    if (sizeBytes > RECORD_LIMIT_BYTES) return err(unavailable('the record is larger than a record may be'));
    const named = [type, run, execution, plan, approval, digest, subject, target, operation, policy, once];
    return ok({ type, once, columns: [writer, ...named.map((value) => value ?? null)], text });
  } catch (cause) {
    return err(unavailable('the record has no canonical JSON form', cause));
  }
}

/** Members in the order given, which must be that of their names; undefined ones are left out. */
function members(values: Readonly<Record<string, JsonValue | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : `,"${name}":${canonicalText(value)}`))
    .join('');
}

/** RFC 8785 writes a string as ECMAScript does; most members are short strings, and the general way is ten times slower. */
function canonicalText(value: JsonValue): string {
  return typeof value === 'string' && value.isWellFormed() ? JSON.stringify(value) : canonicalJson(value);
}

/** A draft's final bytes behind one zero byte: what an RFC 6962 leaf hash is taken over. */
export function framedBytes(draft: Draft, index: number, recordedAt: string): Buffer {
  const [before, between, after] = draft.text;
  return Buffer.from(`\0${before}${index}${between}${JSON.stringify(recordedAt)}${after}`);
}

/** Reads kept bytes back. Throws on bytes that are not a record: they were changed from outside. */
export function readRecord(bytes: Uint8Array): StoredRecord {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const { v: _, recorded_at: recordedAt, ...rest } = JSON.parse(text);
  return { ...rest, recordedAt };
}
