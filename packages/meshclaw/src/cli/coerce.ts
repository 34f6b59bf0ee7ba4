/** Words of a command line as the JSON that a schema asks for. Only the shape is guessed here; the schema itself decides later. */

import type { JsonObject, JsonValue } from '@meshclaw/core';

/** The part of JSON Schema (2020-12) that is looked at. */
export interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly JsonValue[];
  readonly default?: JsonValue;
  readonly items?: PropertySchema;
  readonly anyOf?: readonly PropertySchema[];
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

/** The value that the words for one property mean: text stays text, everything else is read as JSON where it can be. */
export function coerceWords(words: readonly string[], schema: PropertySchema | undefined): JsonValue {
  if (takes(schema, 'array')) return words.map((word) => coerceWord(word, schema?.items));
  const last = words.at(-1) ?? '';
  return words.length > 1 ? words.map((word) => coerceWord(word, schema)) : coerceWord(last, schema);
}

function coerceWord(word: string, schema: PropertySchema | undefined): JsonValue {
  if (schema === undefined || takes(schema, 'string')) return word;
  if (schema.enum?.includes(word)) return word;
  try {
    return JSON.parse(word) as JsonValue;
  } catch {
    return word; // the schema will say what is wrong with it
  }
}

const takes = (schema: PropertySchema | undefined, type: string): boolean =>
  schema !== undefined &&
  (schema.type === type ||
    (Array.isArray(schema.type) && schema.type.includes(type)) ||
    (schema.anyOf?.some((one) => takes(one, type)) ?? false));

/** `key=value` words as an object; a key given again makes a list. The error is the word that has no `=`. */
export function pairsOf(
  words: readonly string[],
  schema: PropertySchema | undefined,
): { readonly input: JsonObject } | { readonly wrong: string } {
  const grouped = new Map<string, string[]>();
  for (const word of words) {
    const cut = word.indexOf('=');
    if (cut <= 0) return { wrong: word };
    const key = word.slice(0, cut);
    grouped.set(key, [...(grouped.get(key) ?? []), word.slice(cut + 1)]);
  }
  const entries = [...grouped].map(([key, values]) => [key, coerceWords(values, schema?.properties?.[key])] as const);
  return { input: Object.fromEntries(entries) };
}
