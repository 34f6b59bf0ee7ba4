/** Values that fit a JSON Schema well enough to see what an operation makes of them: every word of an enum, every branch, a mark for free text. */

import type { JsonObject, JsonValue } from '@meshclaw/core';

/** Free text. Whatever holds it came from an input. */
export const MARK = 'meshclaw-sample';
/** More would not show another command. */
const MOST_SAMPLES = 200;
const MOST_DEPTH = 12;

type Schema = Readonly<Record<string, unknown>>;

/** Sample values, the first with the first choice everywhere, each other one different in one place. */
export function samplesOf(schema: unknown): readonly JsonValue[] {
  const root = (schema ?? {}) as Schema;
  return sample(root, (root.$defs ?? {}) as Schema, 0).slice(0, MOST_SAMPLES);
}

function sample(schema: Schema, defs: Schema, depth: number): readonly JsonValue[] {
  if (depth > MOST_DEPTH) return [null];
  const of = (inner: unknown) => sample((inner ?? {}) as Schema, defs, depth + 1);
  if (typeof schema.$ref === 'string') return of(defs[schema.$ref.split('/').at(-1) ?? '']);
  if ('const' in schema) return [schema.const as JsonValue];
  if (Array.isArray(schema.enum)) return schema.enum as JsonValue[];
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return branches.flatMap(of);
  switch (schema.type) {
    case 'object':
      return objects((schema.properties ?? {}) as Schema, of);
    case 'array':
      return of(schema.items).map((item) => [item]);
    case 'integer':
    case 'number':
      return [typeof schema.minimum === 'number' ? schema.minimum : 1];
    case 'boolean':
      return [true, false];
    case 'null':
      return [null];
    default:
      return [MARK];
  }
}

function objects(properties: Schema, of: (inner: unknown) => readonly JsonValue[]): readonly JsonObject[] {
  const choices = Object.entries(properties).map(([name, inner]) => [name, of(inner)] as const);
  const base: JsonObject = Object.fromEntries(choices.map(([name, [first = null]]) => [name, first]));
  const others = choices.flatMap(([name, [, ...rest]]) => rest.map((value) => ({ ...base, [name]: value })));
  return [base, ...others];
}
