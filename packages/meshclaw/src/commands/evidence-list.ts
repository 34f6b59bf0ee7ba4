/** `meshclaw evidence-list`: the newest records. */

import { defineCommand } from '../cli/command.js';
import { limitFrom, listRecords } from '../cli/list-records.js';
import { failUsage } from '../output/fail.js';

export const command = defineCommand({
  name: 'evidence-list',
  summary: 'Show the newest records of the ledger',
  positionals: [{ name: 'count', description: 'how many (default 20)', required: false }],
  options: [],
  example: 'evidence-list 10',
  async run(args, context) {
    const limit = limitFrom(args.optional('count'));
    if (limit.isErr()) return failUsage(context.printer, limit.error.message, limit.error.detail);
    return listRecords(context, { order: 'newest_first', limit: limit.value });
  },
});
