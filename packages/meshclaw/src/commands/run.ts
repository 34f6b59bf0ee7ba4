/** `meshclaw run`: one command on one server, through the same door as everything else. */

import { ok } from 'neverthrow';
import { defineCommand } from '../cli/command.js';
import { performNamed } from '../cli/perform-operation.js';

export const command = defineCommand({
  name: 'run',
  summary: 'Run one command on a server; policy decides, evidence is kept',
  description:
    'The words after -- run as they are, without a shell. For a script say so: meshclaw run web1 -- sh -c "…". Typed operations (meshclaw perform) are decided more mildly than free text.',
  positionals: [
    { name: 'server', description: 'the server', required: true },
    { name: 'words', description: 'the command and its words, after --', required: true, variadic: true },
  ],
  options: [
    { name: 'dry-run', description: 'show what would run and what policy says; run nothing' },
    { name: 'because', value: 'text', description: 'why; quoted to whoever has to approve it' },
  ],
  example: 'run localhost -- uptime',
  run: (args, context) =>
    performNamed(context, {
      operation: 'command.run',
      server: args.text('server'),
      input: () => ok({ argv: args.list('words') }),
      because: args.optional('because'),
      dryRun: args.flag('dry-run'),
    }),
});
