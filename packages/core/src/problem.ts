/** The only serialiser of errors: drops causes, keeps facts. */

import type { JsonObject, JsonValue } from './json.js';

/** An error as it may leave the process: `kind`, `message` and its facts; no `cause`, no stack, every string redacted. */
export interface Problem {
  readonly kind: string;
  readonly message: string;
  readonly facts: JsonObject;
}

/** Any error object of MeshClaw as plain, redacted JSON. */
export function toProblem(
  error: { readonly kind: string; readonly message: string },
  redact: (text: string) => string,
): Problem {
  const { kind, message, ...facts } = error as { kind: string; message: string } & Record<string, unknown>;
  return { kind, message: redact(message), facts: plain(facts, redact) as JsonObject };
}

function plain(value: unknown, redact: (text: string) => string): JsonValue | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, redact) ?? null);
  if (typeof value !== 'object') return undefined;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'cause' && key !== 'stack')
    .map(([key, item]) => [key, plain(item, redact)] as const)
    .filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
