/** One operation on one server from a command line: found, asked for, printed. */

import type { JsonObject, Operation, Performed } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { UsageError } from '../errors.js';
import { describe } from '../output/describe.js';
import { fail, failRefusal } from '../output/fail.js';
import type { Printer } from '../output/printer.js';
import { type PropertySchema, pairsOf } from './coerce.js';
import type { CommandContext } from './context.js';
import { dryRun } from './dry-run.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { findOperation, inputSchemaOf } from './find-operation.js';
import { performUntyped } from './perform-untyped.js';

/** What is wanted. `input` is made once the operation's schema is known. */
export interface NamedOperation {
  readonly operation: string;
  readonly server: string;
  readonly input: (schema: PropertySchema) => Result<JsonObject, UsageError>;
  readonly because: string | undefined;
  readonly dryRun: boolean;
  /** Begins it and does not wait for its end. */
  readonly detach: boolean;
}

/** Performs it, or shows what would happen, and answers the exit code. */
export async function performNamed(context: CommandContext, wanted: NamedOperation): Promise<ExitCode> {
  const { printer, subject, signal } = context;
  const opened = await context.open();
  if (opened.isErr()) return fail(printer, opened.error);
  const operation = await findOperation(opened.value.operations, wanted.operation);
  if (operation.isErr()) return fail(printer, operation.error);
  const input = wanted.input(inputSchemaOf(operation.value));
  if (input.isErr()) return fail(printer, input.error);
  const session = opened.value.as({ subject, surface: 'cli' });
  if (wanted.dryRun) {
    const target = { session, inventory: opened.value.inventory, server: wanted.server };
    return dryRun(printer, target, operation.value, input.value);
  }
  const because = wanted.because === undefined ? {} : { because: wanted.because };
  const options = { signal, ...because, ...(wanted.detach ? { waitMs: 0 } : {}) };
  const performed = await performUntyped(session, operation.value, wanted.server, input.value, options);
  if (wanted.detach && performed.isErr() && performed.error.kind === 'running') {
    const { execution, evidence } = performed.error;
    printer.text(execution);
    printer.note(`begun; its end:  meshclaw executions wait ${execution}   evidence: ${evidence.join(', ')}`);
    printer.data({ execution, evidence });
    return EXIT.fine;
  }
  if (performed.isErr()) return failRefusal(printer, performed.error);
  printPerformed(printer, operation.value, performed.value);
  return EXIT.fine;
}

/** `key=value` words or one JSON object, not both. Err kinds: `meshclaw.usage`. */
export function readInput(
  words: readonly string[],
  json: string | undefined,
  schema: PropertySchema,
): Result<JsonObject, UsageError> {
  const usage = (message: string, detail: string): Result<JsonObject, UsageError> =>
    err({ kind: 'meshclaw.usage', message, detail });
  if (json === undefined) {
    const pairs = pairsOf(words, schema);
    return 'wrong' in pairs ? usage('every word of the input has the form key=value', pairs.wrong) : ok(pairs.input);
  }
  if (words.length > 0) return usage('give key=value words or --input, not both', '');
  try {
    const value: unknown = JSON.parse(json);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return ok(value as JsonObject);
  } catch {
    // said below
  }
  return usage('--input must be one JSON object', json);
}

function printPerformed(printer: Printer, operation: Operation, performed: Performed<unknown>): void {
  const lines = describe(performed.output, printer);
  for (const line of lines) printer.text(line);
  if (lines.length === 0) printer.text('done');
  printer.note(`${operation.name} on ${performed.target}   evidence: ${performed.evidence.join(', ')}`);
  printer.data({ operation: operation.name, ...performed });
}
