/** Digests over exact bytes: SHA-256 of RFC 8785 canonical JSON. */

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonValue } from './json.js';

/** The RFC 8785 (JSON Canonicalization Scheme) text of a JSON value. Throws on NaN, Infinity and lone surrogates: those are defects of the caller. */
export function canonicalJson(value: JsonValue): string {
  if (value === undefined) throw new TypeError('undefined is not a JSON value');
  const text = canonicalize(value);
  if (text === undefined || !text.isWellFormed()) throw new TypeError('value has no canonical JSON form');
  return text;
}

/** SHA-256 of bytes or UTF-8 text, as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
