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

const print = (line: unknown): void => printBounded(`policy: ${redact(String(line))}\n`);

/** The same for what a policy's thread has printed, in which the lines are made already. */
export function printBounded(text: unknown): void {
  const printed = String(text).slice(0, left);
  left -= printed.length;
  if (printed !== '') process.stderr.write(printed);
}
