/** Commands in the caller's own words: what no typed operation does. Policy states their class from the words. */

import { defineChange } from '@meshclaw/core';
import { ok } from 'neverthrow';
import { z } from 'zod';
import { PlainPath } from '../inputs.js';
import { plainWords, programFile } from './_text/program-file.js';
import { fileDigest } from './file.js';

// Ten minutes and one MiB a stream; a caller may shorten the time, nobody may lengthen it.
const LIMITS = { timeoutMs: 600_000, maxOutputBytes: 1_048_576 };
const Word = z
  .string()
  .max(131_072)
  .refine((word) => !word.includes('\0') && word.isWellFormed(), 'holds a NUL character or is not valid unicode');
const Program = Word.min(1);

/** 64 KiB: policy reads at most 16 KiB of shell text, so that a longer one is refused with a reason rather than as no input. */
const ShellText = z
  .string()
  .min(1)
  .max(65_536)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'holds a NUL character or is not valid unicode');

const Input = z
  .strictObject({
    argv: z.tuple([Program], Word).optional().describe('a program and its words, as they are'),
    text: ShellText.optional().describe('shell text instead of argv'),
    shell: z.enum(['sh', 'bash']).optional().describe('the shell that reads text; sh when left out'),
    cwd: PlainPath.optional(),
  })
  .refine(({ argv, text }) => (argv === undefined) !== (text === undefined), 'needs either argv or text')
  .refine(({ text, shell }) => shell === undefined || text !== undefined, 'shell is only for text');

/** Runs one command, by its words or as shell text. Every exit code is an answer; `cut` says that text was left out in the middle of a stream. */
export const commandRun = defineChange({
  name: 'command.run',
  class: 'judged',
  title: 'Run a command',
  description:
    'Runs one command as the login: words without a shell, or text in sh or bash. For what no typed operation does; its class is judged from exactly what would run, reads run at once, and any exit code is an answer. Never run again by itself.',
  on: 'server',
  via: 'command',
  limits: LIMITS,
  exits: Array.from({ length: 256 }, (_, code) => code),
  idempotent: false,
  dryRun: 'none',
  input: Input,
  output: z.strictObject({
    exitCode: z.int().min(0).max(255),
    stdout: z.string(),
    stderr: z.string(),
    stdoutBytes: z.int().nonnegative(),
    stderrBytes: z.int().nonnegative(),
    cut: z.boolean(),
    durationMs: z.number().nonnegative(),
  }),
  action: ({ argv, text, shell = 'sh', cwd }) => ({
    kind: 'command',
    argv: argv ?? [shell, '-c', text ?? ''],
    as: 'login',
    ...(cwd === undefined ? {} : { cwd }),
  }),
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
  // The file that would run is bound as it is; what that file reads, or a program found by its name, is not.
  observes: {
    operation: fileDigest,
    input: ({ argv, text, cwd }) => {
      const words = argv ?? plainWords(text ?? '');
      const path = words && programFile(words, cwd);
      return path !== undefined && PlainPath.safeParse(path).success ? { path } : undefined;
    },
    pick: (found) => found,
  },
  verify: { none: 'what a command should bring about cannot be told from its words' },
  undo: { none: 'what takes a command back cannot be told from its words' },
});
