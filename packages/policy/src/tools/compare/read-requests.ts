/** Requests from text: lines of JSON as they stand on the wire. */

import { type DecisionRequest, fromWireRequest, wireRequestSchema } from '@meshclaw/core';

/** A request with the line it came from, or why that line is none. */
export type ReadRequest =
  | { readonly line: number; readonly request: DecisionRequest }
  | { readonly line: number; readonly id: string; readonly problem: string };

/** Every line that is not blank. */
export const readRequests = (text: string): readonly ReadRequest[] =>
  text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => ({ line: number, ...readRequest(line) }));

/** One request. */
export function readRequest(
  text: string,
): { readonly request: DecisionRequest } | { readonly id: string; readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: '', problem: 'not JSON' };
  }
  return requestFrom(value);
}

/** A wire request that was parsed already. */
export function requestFrom(
  value: unknown,
): { readonly request: DecisionRequest } | { readonly id: string; readonly problem: string } {
  const parsed = wireRequestSchema.safeParse(value);
  if (parsed.success) return { request: fromWireRequest(parsed.data) };
  const id = (value as { readonly request_id?: unknown } | null)?.request_id;
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { id: typeof id === 'string' ? id : '', problem };
}
