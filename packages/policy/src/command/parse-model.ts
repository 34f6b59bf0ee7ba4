/** Reads one file of `policies/programs`. */

import type { JsonObject } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { parseDocument } from 'yaml';
import type { PolicyError } from '../errors.js';
import { modelSchema } from './model.js';

/** The model as plain data, checked. Err kinds: `policy.invalid_source`. */
export function parseModel(text: string, file: string): Result<JsonObject, PolicyError> {
  const wrong = (message: string, row = 1, column = 1) =>
    err<JsonObject, PolicyError>({
      kind: 'policy.invalid_source',
      message: 'a model of a program cannot be read',
      diagnostics: [{ message, file, row, column }],
    });
  const document = parseDocument(text, { uniqueKeys: true });
  const [broken] = document.errors;
  if (broken)
    return wrong(broken.message.split('\n')[0] ?? 'not YAML', broken.linePos?.[0].line, broken.linePos?.[0].col);
  const value: unknown = document.toJS();
  const checked = modelSchema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return wrong(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no model'}`);
  }
  const name = file
    .split('/')
    .at(-1)
    ?.replace(/\.yaml$/, '');
  return checked.data.program === name ? ok(value as JsonObject) : wrong(`program has to be ${name}`);
}
