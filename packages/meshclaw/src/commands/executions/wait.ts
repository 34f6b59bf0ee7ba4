/** `meshclaw executions wait`: comes back when a change has ended. */

import { collectExecution } from '../../cli/collect-execution.js';
import { defineCommand } from '../../cli/command.js';
import { failUsage } from '../../output/fail.js';

const LONGEST_SECONDS = 86_400;

export const command = defineCommand({
  name: 'executions wait',
  summary: 'Wait until a change has ended, and show how',
  description:
    'For a change that went on by itself: begun with --detach or over MCP, or cut off from here. Its end is read back from the server and put on record. Exit code 0: it ended, with whatever exit code; 5: it certainly never began, or its server does not answer; 7: it runs still, or nobody knows.',
  positionals: [{ name: 'execution', description: 'its id', required: true }],
  options: [{ name: 'seconds', value: 'n', description: 'how long; an hour when left out' }],
  example: 'executions wait exec-0123456789ab --seconds 300',
  run(args, context) {
    const given = args.optional('seconds') ?? '3600';
    const seconds = Number(given);
    if (!/^[0-9]{1,5}$/.test(given) || seconds > LONGEST_SECONDS)
      return Promise.resolve(failUsage(context.printer, `--seconds is a number up to ${LONGEST_SECONDS}`, given));
    return collectExecution(context, args.text('execution'), seconds * 1_000);
  },
});
