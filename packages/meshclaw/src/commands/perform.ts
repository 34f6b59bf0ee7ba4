/** `meshclaw perform`: any operation of the catalogue on a server. */

import { defineCommand } from '../cli/command.js';
import { performNamed, readInput } from '../cli/perform-operation.js';

export const command = defineCommand({
  name: 'perform',
  summary: 'Perform one typed operation on a server',
  positionals: [
    { name: 'operation', description: 'the operation, as file.chmod', required: true },
    { name: 'server', description: 'the server', required: true },
    { name: 'key=value', description: 'its input', required: false, variadic: true },
  ],
  options: [
    { name: 'input', value: 'json', description: 'the whole input as one JSON object instead' },
    { name: 'dry-run', description: 'show what would run and what policy says; run nothing' },
    { name: 'detach', description: 'begin it and do not wait for its end; meshclaw executions wait does' },
    { name: 'because', value: 'text', description: 'why; quoted to whoever has to approve it' },
  ],
  example: 'perform file.stat localhost path=/etc/hosts',
  run: (args, context) =>
    performNamed(context, {
      operation: args.text('operation'),
      server: args.text('server'),
      input: (schema) => readInput(args.list('key=value'), args.optional('input'), schema),
      because: args.optional('because'),
      dryRun: args.flag('dry-run'),
      detach: args.flag('detach'),
    }),
});
