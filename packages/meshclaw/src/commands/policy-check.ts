/** `meshclaw policy-check`: what policy would say if this subject asked for that. Nothing is done; the question is recorded. */

import { askPolicy } from '../cli/ask-policy.js';
import { defineCommand } from '../cli/command.js';
import { codeOfDecision } from '../cli/exit-code.js';
import { namedSubject } from '../cli/named-subject.js';
import { readInput } from '../cli/perform-operation.js';
import { decisionLines } from '../output/decision-text.js';
import { fail, failRefusal } from '../output/fail.js';

export const command = defineCommand({
  name: 'policy-check',
  summary: 'Ask what policy would say; nothing is done',
  description:
    'The subject is named for the question only: an agent, or <type>:<id> with agent, human, schedule or ci. A server that the inventory does not know is answered as one that nothing is known about. A class may be asked about too: read_state, delete_data, reveal_secret, provision_server.',
  positionals: [
    { name: 'subject', description: 'who would ask', required: true },
    { name: 'operation', description: 'the operation, as run_command or file.chmod', required: true },
    { name: 'server', description: 'the server', required: true },
    { name: 'key=value', description: 'the input; left out: the operation as such', required: false, variadic: true },
  ],
  options: [{ name: 'input', value: 'json', description: 'the whole input as one JSON object instead' }],
  example: 'policy-check codex run_command localhost',
  async run(args, context) {
    const { printer } = context;
    const words = args.list('key=value');
    const json = args.optional('input');
    const asked = await askPolicy(context.home, {
      subject: namedSubject(args.text('subject')),
      operation: args.text('operation'),
      server: args.text('server'),
      input: (schema) => readInput(words, json, schema),
      hasInput: words.length > 0 || json !== undefined,
    });
    if (asked.isErr()) {
      return 'evidence' in asked.error ? failRefusal(printer, asked.error) : fail(printer, asked.error);
    }
    for (const line of decisionLines(asked.value)) printer.text(line);
    printer.data(asked.value);
    return codeOfDecision(asked.value);
  },
});
