/** The exact text that the decision point evaluates for a request, made again to explain it. */

import type { DecisionRequest, JsonObject } from '@meshclaw/core';
import type { CompileInput } from '../../bundle/compile.js';
import { baseDocument } from '../../bundle/policy-input.js';
import { createReadRequest } from '../../pdp/read-request.js';

/** The text with its facts of command text, or why there is none. Throws when the models are not whole. */
export function evaluatedInput(
  request: DecisionRequest,
  compile: CompileInput,
): { readonly text: string; readonly input: JsonObject } | { readonly problem: string } {
  const read = createReadRequest(baseDocument(compile).meshclaw as JsonObject, [...compile.programs])(request);
  return 'problem' in read ? read : { text: read.text, input: JSON.parse(read.text) as JsonObject };
}
