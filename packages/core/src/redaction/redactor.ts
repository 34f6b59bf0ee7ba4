/** Masks secrets in text before it leaves: known values first, patterns second. */

import { SECRET_PATTERNS, type SecretPattern } from './patterns.js';

/** Shorter values would mask ordinary words. */
const SHORTEST_KNOWN = 6;

export interface RedactorOptions {
  /** Every secret that was ever resolved: masked raw and in the encodings that text commonly carries. */
  readonly known?: readonly string[];
  readonly patterns?: readonly SecretPattern[];
}

/** Answers a function that replaces each secret by `[redacted:<kind>]`; never its first or last characters, never its length. */
export function createRedactor(options: RedactorOptions = {}): (text: string) => string {
  const known = forms(options.known ?? []);
  const patterns = options.patterns ?? SECRET_PATTERNS;
  return (text) => {
    let masked = text;
    for (const value of known) masked = masked.replaceAll(value, '[redacted:known-value]');
    for (const { kind, expression } of patterns) masked = maskPattern(masked, kind, expression);
    return masked;
  };
}

function maskPattern(text: string, kind: string, expression: RegExp): string {
  return text.replace(expression, (whole: string, ...groups: unknown[]) => {
    const [before, value] = groups;
    if (typeof before !== 'string' || typeof value !== 'string') return `[redacted:${kind}]`;
    return value.startsWith('[redacted:') ? whole : `${before}[redacted:${kind}]`;
  });
}

/** Longest first, so that a form which holds another is masked whole. */
function forms(known: readonly string[]): readonly string[] {
  const all = known
    .filter((value) => value.length >= SHORTEST_KNOWN)
    .flatMap((value) => [
      value,
      ...base64Forms(value),
      Buffer.from(value).toString('hex'),
      Buffer.from(value).toString('hex').toUpperCase(),
      encodeURIComponent(value.toWellFormed()),
      JSON.stringify(value).slice(1, -1),
      value.replaceAll("'", "'\\''"),
    ]);
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** A value inside base64 text may begin at any of three alignments; the characters that depend on neighbours are cut off. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = shift === 0 ? 0 : shift + 1;
    const last = text.length - ((shift + bytes.length) % 3 === 0 ? 0 : 1);
    const stable = text.slice(first, last);
    return stable.length < SHORTEST_KNOWN ? [] : [stable, stable.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
