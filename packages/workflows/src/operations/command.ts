/** Commands in the caller's own words: what no typed operation does. Policy states their class from the words. */

import { defineChange } from '@meshclaw/core';
import { ok } from 'neverthrow';
import { z } from 'zod';
import { AbsolutePath } from '../inputs.js';

// Ten minutes and one MiB a stream; a caller may shorten the time, nobody may lengthen it.
const LIMITS = { timeoutMs: 600_000, maxOutputBytes: 1_048_576 };
const Word = z
  .string()
  .max(131_072)
  .refine((word) => !word.includes('\0') && word.isWellFormed(), 'holds a NUL character or is not valid unicode');
const Program = Word.min(1);

/** Runs one command by its words. Every exit code is an answer; `cut` says that text was left out in the middle of a stream. */
export const commandRun = defineChange({
  name: 'command.run',
  class: 'judged',
  title: 'Run a command',
  description:
    'Runs one command by its words, without a shell, as the login. For what no typed operation does; its class is judged from its words and any exit code is an answer. Never run again by itself.',
  on: 'server',
  via: 'command',
  limits: LIMITS,
  exits: Array.from({ length: 256 }, (_, code) => code),
  idempotent: false,
  dryRun: 'none',
  input: z.strictObject({ argv: z.tuple([Program], Word), cwd: AbsolutePath.optional() }),
  output: z.strictObject({
    exitCode: z.int().min(0).max(255),
    stdout: z.string(),
    stderr: z.string(),
    stdoutBytes: z.int().nonnegative(),
    stderrBytes: z.int().nonnegative(),
    cut: z.boolean(),
    durationMs: z.number().nonnegative(),
  }),
  action: ({ argv, cwd }) => ({ kind: 'command', argv, as: 'login', ...(cwd === undefined ? {} : { cwd }) }),
  parse: ({ exitCode, stdout, stderr, durationMs }) =>
    ok({
      exitCode,
      stdout: stdout.text,
      stderr: stderr.text,
      stdoutBytes: stdout.bytes,
      stderrBytes: stderr.bytes,
      cut: stdout.cut || stderr.cut,
      durationMs,
    }),
  observes: { none: 'what a command depends on cannot be told from its words' },
  verify: { none: 'what a command should bring about cannot be told from its words' },
  undo: { none: 'what takes a command back cannot be told from its words' },
});
