/** The only way out: data on stdout, everything else on stderr; redacted, and with nothing invisible in it. */

import { writeSync } from 'node:fs';
import { type JsonValue, redactJson, toProblem } from '@meshclaw/core';
import { createColors } from 'picocolors';
import { ownRedactor } from '../own-redactor.js';
import { visible, visibleJson } from './escape.js';

type Colors = ReturnType<typeof createColors>;

export interface Printer {
  readonly json: boolean;
  /** Colour functions that do nothing when colour is not wanted. */
  readonly color: Colors;
  readonly width: number;
  /** A line of the answer for people; nothing with `--json`. */
  text(line: string): void;
  /** The answer as one JSON object; nothing without `--json`. */
  data(value: unknown): void;
  /** One JSON object a line, whatever the format: an answer that is a stream. */
  line(value: unknown): void;
  /** Bytes that are the answer whatever the format (a statement to sign, a file to install). */
  exact(text: string | Uint8Array): void;
  /** A line on stderr. */
  note(line: string): void;
  /** An error: as JSON object on stdout with `--json`, else `lines` on stderr. */
  problem(error: { readonly kind: string; readonly message: string }, lines: readonly string[]): void;
}

/** What colour our own code writes (SGR); it is let through only where colour is wanted. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what a colour begins with
const COLOUR = /(\u001b\[[0-9;]{0,8}m)/;

export interface PrinterOptions {
  readonly json: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write?: (stream: 'stdout' | 'stderr', text: string | Uint8Array) => void;
}

/** A printer for this process. Output that nobody reads any more (EPIPE) is dropped quietly. */
export function createPrinter({ json, environment, write = writeStream }: PrinterOptions): Printer {
  const redact = ownRedactor();
  const colored = (stream: 'stdout' | 'stderr') =>
    process[stream].isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  const clean = (stream: 'stdout' | 'stderr', line: string): string =>
    colored(stream)
      ? redact(line)
          .split(COLOUR)
          .map((part, index) => (index % 2 === 1 ? part : visible(part)))
          .join('')
      : visible(redact(line));
  const plain = (value: unknown, indent = process.stdout.isTTY ? 2 : 0): string => {
    const safe = redactJson(JSON.parse(JSON.stringify(value ?? null)) as JsonValue, redact);
    return visibleJson(JSON.stringify(safe, null, indent));
  };
  const note = (line: string) => write('stderr', `${clean('stderr', line)}\n`);
  return {
    json,
    color: createColors(colored('stdout') && !json),
    width: process.stdout.isTTY ? process.stdout.columns : 100,
    text: (line) => (json ? undefined : write('stdout', `${clean('stdout', line)}\n`)),
    line: (value) => write('stdout', `${plain(value, 0)}\n`),
    data: (value) => (json ? write('stdout', `${plain(value)}\n`) : undefined),
    exact: (text) => write('stdout', text),
    note,
    problem: (error, lines) => {
      if (json) write('stdout', `${plain({ error: toProblem(error, redact) })}\n`);
      else for (const line of lines) note(line);
    },
  };
}

/** Synchronous, so that nothing is lost when the process ends. */
function writeStream(stream: 'stdout' | 'stderr', text: string | Uint8Array): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stream === 'stdout' ? 1 : 2, bytes, at);
    } catch (cause) {
      const { code } = cause as { readonly code?: string };
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // the reader is slow
    }
  }
}
