/** The exact text that the decision point evaluates for a request, made again to explain it. */

import { type DecisionRequest, type JsonObject, toWireRequest } from '@meshclaw/core';
import { checkInput } from '../../pdp/check-input.js';

/** The text, or why there is none. A judged operation is evaluated as a write. */
export function evaluatedInput(
  request: DecisionRequest,
  operations: JsonObject,
): { readonly text: string; readonly input: JsonObject } | { readonly problem: string } {
  const { name } = request.action;
  const known = Object.hasOwn(operations, name) ? (operations[name] as { readonly class?: unknown }) : undefined;
  const stated =
    known?.class === 'judged' ? { ...request, action: { ...request.action, class: 'write' as const } } : request;
  const checked = checkInput(toWireRequest(stated));
  return 'problem' in checked ? checked : { text: checked.text, input: JSON.parse(checked.text) as JsonObject };
}
