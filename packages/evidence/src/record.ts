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
import { RECORD_VERSION, type TermValues, termValues } from './envelope.js';
import { unavailable } from './errors.js';

/** A record that only lacks its index and time: everything that can fail has been done. */
export interface Draft {
  readonly once: string | undefined;
  /** What the record is found by. */
  readonly terms: TermValues;
  /** RFC 8785 text up to the index, between index and time, and after the time. */
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** Larger content belongs in blobs; one record must not fill the log that everyone reads. */
const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;
const types = new Set<string>(RECORD_TYPES);

/** Turns a record into canonical text, in which index and time are put later. Err kinds: `unavailable`. */
export function draftRecord(
  record: NewRecord,
  writer: string,
  blobs: Readonly<Record<string, BlobReference>> | undefined,
  limitBytes = RECORD_LIMIT_BYTES,
): Result<Draft, LedgerError> {
  if (!types.has(record.type)) return err(unavailable('the record has an unknown type'));
  try {
    const { approval, body, digest, execution, once, operation, plan, policy, run, subject, target, type } = record;
    if (body === undefined) return err(unavailable('the record has no body'));
    // In the order of their names, which is what makes the text canonical.
    const outer = member('approval', approval) + member('blobs', blobs as JsonValue | undefined) + member('body', body);
    const before = `{${outer.slice(1)}${member('digest', digest)}${member('execution', execution)},"index":`;
    const between = `${member('once', once)}${member('operation', operation)}${member('plan', plan)}${member('policy', policy)},"recorded_at":`;
    const whose = member('run', run) + member('subject', subject) + member('target', target) + member('type', type);
    const after = `${whose},"v":${RECORD_VERSION}${member('writer', writer)}}`;
    if ([before, between, after].some((part) => isTooLarge(part, limitBytes))) {
      return err(unavailable('the record is larger than a record may be'));
    }
    return ok({ once, terms: termValues(record), before, between, after });
  } catch (cause) {
    return err(unavailable('the record has no canonical JSON form', cause));
  }
}

function member(name: string, value: JsonValue | undefined): string {
  return value === undefined ? '' : `,"${name}":${canonicalText(value)}`;
}

/** RFC 8785 writes a string as ECMAScript does; most members are short strings, and the general way is ten times slower. */
function canonicalText(value: JsonValue): string {
  if (typeof value !== 'string') return canonicalJson(value);
  if (PLAIN.test(value)) return `"${value}"`;
  return value.isWellFormed() ? JSON.stringify(value) : canonicalJson(value);
}

/** Printable ASCII without quotation mark and backslash: JSON writes it as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function isTooLarge(text: string, limitBytes: number): boolean {
  // A UTF-16 unit is three bytes of UTF-8 at most.
  return text.length * 3 > limitBytes && Buffer.byteLength(text) > limitBytes;
}

/** A draft's final text behind one zero byte: what an RFC 6962 leaf hash is taken over. */
export function framedText({ before, between, after }: Draft, index: number, recordedAt: string): string {
  return `\0${before}${index}${between}"${recordedAt}"${after}`;
}

/** Reads kept bytes, behind their zero byte, back. Throws on bytes that are not a record: they were changed from outside. */
export function readRecord(framed: Buffer): StoredRecord {
  return fromWire(parseWire(framed));
}

/** A record as its bytes have it. */
export type WireRecord = Readonly<Record<string, JsonValue>>;

/** Parses kept bytes, behind their zero byte. Throws on bytes that are no JSON. */
export const parseWire = (framed: Buffer): WireRecord => JSON.parse(framed.toString('utf8', 1));

/** The way back: the record's members as they are kept. */
export const toWire = ({ recordedAt, ...rest }: StoredRecord): WireRecord =>
  ({ ...rest, recorded_at: recordedAt, v: RECORD_VERSION }) as unknown as WireRecord;

/** A record as TypeScript has it. */
export function fromWire({ v: _, recorded_at: recordedAt, ...rest }: WireRecord): StoredRecord {
  return { ...rest, recordedAt } as unknown as StoredRecord;
}
