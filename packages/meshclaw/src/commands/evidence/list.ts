/** `meshclaw evidence list`: records of the ledger, newest first. */

import { defineCommand } from '../../cli/command.js';
import { listRecords, queryFrom, RECORD_FILTERS } from '../../cli/list-records.js';
import { failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence list',
  summary: 'Show records of the ledger, newest first',
  positionals: [],
  options: RECORD_FILTERS,
  example: 'evidence list --type decision.made --limit 20',
  async run(args, context) {
    const query = queryFrom(args);
    return query.isErr()
      ? failUsage(context.printer, query.error.message, query.error.detail)
      : listRecords(context, query.value);
  },
});
