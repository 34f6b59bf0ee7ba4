/** Reads one file of `policies/programs`, shipped or an owner's. */

import type { JsonObject } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { PolicyError } from '../errors.js';
import { modelSchema } from './model.js';

/** A model as plain data: what policy's data holds. Err kinds: `policy.invalid_source`, with file, row and column. */
export function parseModel(text: string, file: string): Result<JsonObject, PolicyError> {
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: true, lineCounter: lines });
  const wrong = (message: string, offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return invalidModel(message, file, Math.max(1, line), Math.max(1, col));
  };
  const [broken] = document.errors;
  if (broken) return wrong(broken.message.split('\n')[0] ?? 'not YAML', broken.pos[0]);
  const value: unknown = document.toJS();
  const checked = modelSchema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const path = issue?.path ?? [];
    const named = issue?.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
    return wrong(`${path.join('.')}: ${issue?.message ?? 'is no model'}`, offsetOf(document, named));
  }
  const name = file
    .split('/')
    .at(-1)
    ?.replace(/\.yaml$/, '');
  return checked.data.program === name
    ? ok(value as JsonObject)
    : wrong(`program has to be ${name}`, offsetOf(document, ['program']));
}

/** A model that cannot be taken, at its place. */
export const invalidModel = (message: string, file: string, row = 1, column = 1) =>
  err<JsonObject, PolicyError>({
    kind: 'policy.invalid_source',
    message: 'a model of a program cannot be read',
    diagnostics: [{ message, file, row, column }],
  });

/** Where the value at a path begins, or the nearest around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
