/** What every parser of command output needs: whole text or an error, numbers or an error. */

import type { Captured, ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';

/** The error of an output that cannot be read. `message` is static text. */
export const unparseable = (message: string): ParseError => ({ kind: 'unparseable_output', message });

/** The whole of what was printed. Err kinds: `unparseable_output` when it is empty or was cut. */
export function wholeText(captured: Captured): Result<string, ParseError> {
  if (captured.cut) return err(unparseable('the output was cut'));
  return captured.text.trim() === '' ? err(unparseable('the output is empty')) : ok(captured.text);
}

/** A whole number of decimal digits, `undefined` for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A share of a whole as percent with one decimal; `null` where the whole is nothing. */
export const percentOf = (part: number, whole: number): number | null =>
  whole > 0 ? Math.round((part / whole) * 1000) / 10 : null;
