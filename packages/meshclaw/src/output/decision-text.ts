/** A decision in words: the effect first, then why. */

import type { Decision } from '@meshclaw/core';
import { visibleLine } from './escape.js';
import { reasonLines } from './refusal-text.js';

/** Effect, reasons and demands, as lines. */
export function decisionLines(decision: Decision): readonly string[] {
  const demands = decision.obligations.map(({ type, parameters }) => `  demands ${type} ${JSON.stringify(parameters)}`);
  return [decision.effect, ...reasonLines(decision).map((line) => `  ${line}`), ...demands].map(visibleLine);
}
