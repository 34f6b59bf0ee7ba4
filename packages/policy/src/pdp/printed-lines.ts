/** Where lines go that a policy module prints: to stderr and bounded, because stdout may be somebody's protocol. */

import { createRedactor } from '@meshclaw/core';

/** What a process lets its policies print before it stops listening. */
const MOST_CHARACTERS = 16_384;
let left = MOST_CHARACTERS;
const redact = createRedactor();

/** Runs something synchronous during which the evaluator library's `console.log` is no longer stdout. */
export function withPrintedLines<T>(work: () => T): T {
  const { log } = console;
  console.log = print;
  try {
    return work();
  } finally {
    console.log = log;
  }
}

function print(line: unknown): void {
  const text = `policy: ${redact(String(line))}\n`.slice(0, left);
  left -= text.length;
  if (text !== '') process.stderr.write(text);
}
