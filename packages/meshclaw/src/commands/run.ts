/** `meshclaw run`: one command on one server, through the same door as everything else. */

import type { JsonObject } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { defineCommand } from '../cli/command.js';
import { performNamed } from '../cli/perform-operation.js';
import type { UsageError } from '../errors.js';

const SHELLS = ['sh', 'bash'];

export const command = defineCommand({
  name: 'run',
  summary: 'Run one command on a server; policy decides on what it would do, evidence is kept',
  description:
    'One word is shell text, run as it stands in sh or with --shell in bash. Several words after -- run as they are, without a shell. What is proved to only read runs at once; the rest is asked about or denied. Typed operations (meshclaw perform) are decided more mildly than free text.',
  positionals: [
    { name: 'server', description: 'the server', required: true },
    { name: 'command', description: 'shell text in quotes, or words after --', required: true, variadic: true },
  ],
  options: [
    { name: 'shell', value: 'sh|bash', description: 'the shell that reads the text' },
    { name: 'dry-run', description: 'show what would run and what policy says; run nothing' },
    { name: 'detach', description: 'begin it and do not wait for its end; meshclaw executions wait does' },
    { name: 'because', value: 'text', description: 'why; quoted to whoever has to approve it' },
  ],
  example: "run localhost 'df -h | sort'",
  run: (args, context) =>
    performNamed(context, {
      operation: 'command.run',
      server: args.text('server'),
      input: () => inputOf(args.list('command'), args.optional('shell')),
      because: args.optional('because'),
      dryRun: args.flag('dry-run'),
      detach: args.flag('detach'),
    }),
});

/** One word is text, several are words. Err kinds: `meshclaw.usage`. */
function inputOf(words: readonly string[], shell: string | undefined): Result<JsonObject, UsageError> {
  const usage = (message: string, detail: string): Result<JsonObject, UsageError> =>
    err({ kind: 'meshclaw.usage', message, detail });
  if (shell !== undefined && !SHELLS.includes(shell)) return usage('--shell is sh or bash', shell);
  const [text = '', ...more] = words;
  if (more.length === 0) return ok({ text, shell: shell ?? 'sh' });
  return shell === undefined ? ok({ argv: [...words] }) : usage('--shell is for text in one word', words.join(' '));
}
