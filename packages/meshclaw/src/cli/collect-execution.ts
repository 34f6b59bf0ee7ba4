/** The end of one execution, asked for from a command line and printed. */

import type { CollectedExecution, CollectedText, CollectOptions } from '@meshclaw/core';
import { fail, failRefusal } from '../output/fail.js';
import type { Printer } from '../output/printer.js';
import type { CommandContext } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';

// One look at a server; between two of them a Ctrl-C and the end of the time are seen.
const LOOK_MS = 5_000;

/** Waits so long, and prints how it ended. Exit code 7: it is running still, or nobody knows. */
export async function collectExecution(
  { open, printer, subject, signal }: CommandContext,
  execution: string,
  waitMs: number,
  how: Pick<CollectOptions, 'stop'> = {},
): Promise<ExitCode> {
  const opened = await open();
  if (opened.isErr()) return fail(printer, opened.error);
  const session = opened.value.as({ subject, surface: 'cli' });
  const until = performance.now() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, until - performance.now());
    const collected = await session.collect(execution, { ...how, signal, waitMs: Math.min(leftMs, LOOK_MS) });
    if (collected.isOk()) return print(printer, collected.value);
    if (collected.error.kind !== 'running' || leftMs === 0 || signal.aborted)
      return failRefusal(printer, collected.error);
  }
}

function print(printer: Printer, { execution, operation, target, outcome, evidence }: CollectedExecution): ExitCode {
  const { kind, exitCode, signal, status } = outcome;
  printer.text(`${operation} on ${target}: ${kind} ${exitCode ?? signal ?? status ?? ''}`);
  for (const [name, text] of [['stdout', outcome.stdout] as const, ['stderr', outcome.stderr] as const])
    for (const line of linesOf(name, text)) printer.text(line);
  printer.note(`${execution}   evidence: ${evidence.join(', ')}`);
  printer.data({ execution, operation, target, outcome, evidence });
  return EXIT.fine;
}

function linesOf(name: string, text: CollectedText | undefined): readonly string[] {
  if (text === undefined || text.bytes === 0) return [];
  const more = text.cut ? ', cut' : '';
  if (text.text === undefined) return [`${name}: ${text.bytes} bytes, kept as evidence${more}`];
  return [
    `${name}: ${text.bytes} bytes${more}`,
    ...text.text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}
