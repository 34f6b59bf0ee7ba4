/** Looks at what a caller gave before anything works with it: its size and depth, then its schema. */

import { err, ok, type Result } from 'neverthrow';
import type { z } from 'zod';

/** What is wrong with the arguments, each with the field's name. */
export interface InvalidArguments {
  readonly kind: 'invalid_input';
  readonly message: string;
  readonly issues: readonly string[];
}

// Plans hold inputs, and people read plans: nobody reads more. A command of Linux' longest word is just below.
const MOST_CHARACTERS = 262_144;
const MOST_DEPTH = 32;
const MOST_ISSUES = 20;
/** A complaint quotes names that the caller chose. */
const MOST_QUOTED = 300;

/** The arguments as the schema types them. Err kinds: `invalid_input`. */
export function checkArguments<I extends z.ZodType>(schema: I, given: unknown): Result<z.output<I>, InvalidArguments> {
  const unbounded = boundsProblem(given ?? {});
  if (unbounded !== undefined) return err(invalid([unbounded]));
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return ok(parsed.data);
  return err(
    invalid(
      parsed.error.issues
        .slice(0, MOST_ISSUES)
        .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`),
    ),
  );
}

const invalid = (issues: readonly string[]): InvalidArguments => ({
  kind: 'invalid_input',
  message: 'the arguments do not fit the tool',
  issues: issues.map((issue) => (issue.length > MOST_QUOTED ? `${issue.slice(0, MOST_QUOTED)}…` : issue)),
});

/** Walks without recursion: the depth is the caller's choice. */
function boundsProblem(given: unknown): string | undefined {
  let characters = 0;
  const open: { readonly value: unknown; readonly depth: number; readonly field: string }[] = [];
  open.push({ value: given, depth: 0, field: 'arguments' });
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { value, depth, field } = one;
    characters += typeof value === 'string' ? value.length : 1;
    if (characters > MOST_CHARACTERS) return `${field}: all text together is at most ${MOST_CHARACTERS} characters`;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= MOST_DEPTH) return `${field}: nested deeper than ${MOST_DEPTH}`;
    for (const [key, item] of Object.entries(value)) {
      characters += key.length;
      open.push({ value: item, depth: depth + 1, field: depth === 0 ? key : field });
    }
  }
  return undefined;
}
