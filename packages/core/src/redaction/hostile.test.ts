import { expect, it } from 'vitest';
import { SECRET_RULES } from './patterns.js';
import { KEY_LITERALS } from './private-key.js';
import { createRedactor } from './redactor.js';

const redact = createRedactor({ known: ['hunter2hunter2', 'aaaaaaaaaaaaaaaaaaaaaaaab'] });
/** What makes a rule look as far as it may, and find nothing. */
const TAILS = ['', 'a', ' a', '=', '="', ':', ': a', 'a.', '\\', '-u ', 'a\n', "'\\''", ' -p', '@', '","'];
const PREFIXES = ['', '-----BEGIN PRIVATE KEY-----\n', 'password="'];
/** Known from looking at the rules: many beginnings that each look far. */
const OTHERS = ['a-eyJ', 'eyJ-', '://a:b', 'https://a:', 'curl ', 'bearer a', '\\', '\\"', 'aaaaaaaaaaaaaaaaaaaaaaaa'];
const RULES = [...SECRET_RULES, { kind: 'private-key', literals: KEY_LITERALS }];
const MIB = 1_048_576;

/** Milliseconds for so many characters of one piece over and over. */
function timeMs(prefix: string, piece: string, length: number): number {
  const text = prefix + piece.repeat(Math.ceil(length / piece.length));
  const startedAt = performance.now();
  redact(text);
  return performance.now() - startedAt;
}

/** The beginning that costs most in a short text. */
function worstOf(literals: readonly string[]): { readonly prefix: string; readonly piece: string } {
  const tried = literals.flatMap((literal) =>
    PREFIXES.flatMap((prefix) =>
      TAILS.map((tail) => ({ prefix, piece: literal + tail, cost: timeMs(prefix, literal + tail, 512) })),
    ),
  );
  return tried.reduce((one, other) => (other.cost > one.cost ? other : one));
}

// What takes more than linear time takes hours for this: the test's own limit is what it fails by.
it('ends for 1 MiB of the worst beginning of every rule', () => {
  const pieces = [...RULES.map(({ literals }) => worstOf(literals)), ...OTHERS.map((piece) => ({ prefix: '', piece }))];
  const times = pieces.map(({ prefix, piece }) => ({ piece: prefix + piece, ms: timeMs(prefix, piece, MIB) }));
  const slowest = times.reduce((one, other) => (other.ms > one.ms ? other : one));
  console.log(
    `hostile text: ${times.length} times 1 MiB, at most ${slowest.ms.toFixed(0)} ms (${JSON.stringify(slowest.piece)})`,
  );
  expect(times.length).toBeGreaterThan(40);
}, 120_000);
