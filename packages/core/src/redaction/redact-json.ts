/** Redacts every string of a JSON value, keys included, knowing what stands before it: a field's name, a flag, a program. */

import type { JsonObject, JsonValue } from '../json.js';

/** The same value with each string masked; shapes stay, and so do numbers that no name calls a secret. */
export function redactJson(value: JsonValue, redact: (text: string) => string): JsonValue {
  if (typeof value === 'string') return redact(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item, place) => masked(item, value, place, redact));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), field(key, item, value as JsonObject, redact)]),
  );
}

/** Names that may be those of secrets; whether they are is for the redactor to say. */
const TELLING = /pass|pwd|secret|token|credential|key|auth|cookie|jwt|psk|sig|session|pw$/i;

/** A field is masked as its name and value would be in text. `{name: "DB_PASSWORD", value: "…"}` is a name and its value, too. */
function field(key: string, item: JsonValue, around: JsonObject, redact: (text: string) => string): JsonValue {
  const name = key === 'value' && typeof around.name === 'string' ? around.name : key;
  const simple = typeof item === 'string' || typeof item === 'number';
  return simple && TELLING.test(name) ? named(name, item, redact) : redactJson(item, redact);
}

function named(name: string, item: string | number, redact: (text: string) => string): JsonValue {
  const alone = typeof item === 'string' ? redact(item) : item;
  const told = redact(JSON.stringify({ [name]: item }));
  try {
    const [value] = Object.values(JSON.parse(told) as JsonObject);
    return value === item || value === undefined ? alone : value;
  } catch {
    return '[redacted:assigned-secret]';
  }
}

/** A word of a command line is masked as it would be behind the program's name and the word before it. */
function masked(
  item: JsonValue,
  words: readonly JsonValue[],
  place: number,
  redact: (text: string) => string,
): JsonValue {
  const [program] = words;
  const before = words[place - 1];
  if (typeof item !== 'string' || typeof before !== 'string' || item.length > LONGEST_WORD)
    return redactJson(item, redact);
  const alone = redact(item);
  if (alone !== item) return alone;
  for (const shown of [
    `${before} `,
    typeof program === 'string' && place > 1 ? `${program} ${before} ` : undefined,
    typeof program === 'string' ? `${program} ` : undefined,
  ]) {
    if (shown === undefined || shown.length > LONGEST_WORD) continue;
    const told = redact(shown + item);
    if (told !== shown + item && told.startsWith(shown)) return told.slice(shown.length);
  }
  return item;
}

/** Longer words are no arguments of a command that tells a secret by its position. */
const LONGEST_WORD = 4_096;
