/** An operation by the name that was typed. */

import type { Operation, OperationCatalogue } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { UsageError } from '../errors.js';
import { nearest } from '../home/nearest.js';
import type { PropertySchema } from './coerce.js';

/** Loads the operation. Err kinds: `meshclaw.not_found`. */
export async function findOperation(
  operations: OperationCatalogue,
  name: string,
): Promise<Result<Operation, UsageError>> {
  const operation = Object.hasOwn(operations, name) ? await operations[name]?.() : undefined;
  if (operation) return ok(operation);
  const near = nearest(name, Object.keys(operations));
  const detail = near === undefined ? `they are: ${Object.keys(operations).join(', ')}` : `did you mean "${near}"?`;
  return err({ kind: 'meshclaw.not_found', message: `there is no operation "${name}"`, detail });
}

/** What its input looks like, as JSON Schema. */
export const inputSchemaOf = (operation: Operation): PropertySchema =>
  z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' }) as PropertySchema;
