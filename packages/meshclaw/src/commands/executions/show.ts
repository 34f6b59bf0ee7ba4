/** `meshclaw executions show`: how a change stands, asked of its server once where its end is not on record yet. */

import { collectExecution } from '../../cli/collect-execution.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  name: 'executions show',
  summary: 'Show how a change ended, or that it is running still',
  positionals: [{ name: 'execution', description: 'its id', required: true }],
  options: [],
  example: 'executions show exec-0123456789ab',
  run: (args, context) => collectExecution(context, args.text('execution'), 0),
});
