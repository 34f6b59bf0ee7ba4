/** `meshclaw executions cancel`: ends a change that goes on by itself. */

import { collectExecution } from '../../cli/collect-execution.js';
import { defineCommand } from '../../cli/command.js';

export const command = defineCommand({
  name: 'executions cancel',
  summary: 'End a change that is running; what it did by then stays done',
  description:
    'TERM, then KILL, for the command and everything it started. For who asked for it, or a person. Its outcome is then unknown, because part of it may have been done; where it had ended before, how it ended is shown.',
  positionals: [{ name: 'execution', description: 'its id', required: true }],
  options: [],
  example: 'executions cancel exec-0123456789ab',
  run: (args, context) => collectExecution(context, args.text('execution'), 0, { stop: true }),
});
