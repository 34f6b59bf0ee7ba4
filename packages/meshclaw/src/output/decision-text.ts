/** A decision in words: the effect first, then why. */

import type { Decision } from '@meshclaw/core';
import { visibleLine } from './escape.js';
import { reasonLines } from './refusal-text.js';

/** Effect, reasons and demands, as lines. */
export function decisionLines(decision: Decision): readonly string[] {
  const demands = decision.obligations.map(({ type, parameters }) => `  demands ${type} ${JSON.stringify(parameters)}`);
  const lines = [...reasonLines(decision).map((line) => `  ${line}`), ...demands, ...watchedLines(decision)];
  return [decision.effect, ...lines].map(visibleLine);
}

/** What rules in shadow would have made of it. */
function watchedLines({ wouldHave }: Decision): readonly string[] {
  if (wouldHave === undefined) return [];
  const rules = wouldHave.reasons.map(({ rule, message }) => `    ${rule}: ${message}`);
  return [`  would have been ${wouldHave.effect}, were these rules not in shadow:`, ...rules];
}
