/** What may reach the evaluator: plain, bounded, well-formed JSON. Anything else would be read wrongly or poison it. */

/** Deeper nesting, larger text and larger integers are refused, not shortened. */
const DEEPEST = 64;
const MOST_BYTES = 256 * 1024;

/** The text to evaluate, or what is wrong with the value and where. */
export type CheckedInput = { readonly text: string } | { readonly problem: string };

/** Serialises a request once; the same bytes are evaluated and digested. */
export function checkInput(value: unknown): CheckedInput {
  const problem = problemOf(value, '$', 0, new Set());
  if (problem !== undefined) return { problem };
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) > MOST_BYTES ? { problem: 'larger than 256 KiB' } : { text };
}

function problemOf(value: unknown, place: string, depth: number, above: Set<object>): string | undefined {
  if (depth > DEEPEST) return `${place}: nested too deeply`;
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return value.isWellFormed() ? undefined : `${place}: not well-formed Unicode`;
  if (typeof value === 'number') return numberProblem(value, place);
  if (typeof value !== 'object') return `${place}: not a JSON value`;
  if (above.has(value)) return `${place}: refers to itself`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return `${place}: not a plain object`;
  above.add(value);
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__' || !key.isWellFormed()) return `${place}: a key that is not allowed`;
    const problem = problemOf(item, `${place}.${key}`, depth + 1, above);
    if (problem !== undefined) return problem;
  }
  above.delete(value);
  return undefined;
}

function numberProblem(value: number, place: string): string | undefined {
  if (!Number.isFinite(value)) return `${place}: not a finite number`;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? `${place}: larger than 2^53` : undefined;
}
