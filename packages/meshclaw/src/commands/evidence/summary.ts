/** `meshclaw evidence summary`: what was asked, allowed, denied, approved and changed in a span of time. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { timeFrom } from '../../cli/list-records.js';
import { summarize } from '../../cli/summarize.js';
import { describe } from '../../output/describe.js';
import { fail, failLedger, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence summary',
  summary: 'Count what was asked, allowed, denied and approved, and list every change',
  positionals: [],
  options: [
    { name: 'since', value: 'time', description: 'a span such as 12h or 7d, or a time (ISO 8601); default 24h' },
    { name: 'until', value: 'time', description: 'before this time; default now' },
  ],
  example: 'evidence summary --since 12h',
  async run(args, { openEvidence, printer }) {
    const [since, until] = [timeFrom(args.optional('since') ?? '24h'), timeFrom(args.optional('until') ?? '0m')];
    if (since.isErr()) return failUsage(printer, since.error.message, since.error.detail);
    if (until.isErr()) return failUsage(printer, until.error.message, until.error.detail);
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const summary = await summarize(evidence.value.ledger, since.value ?? '', until.value ?? '');
    if (summary.isErr()) return failLedger(printer, summary.error);
    for (const line of describe(summary.value, printer)) printer.text(line);
    printer.data(summary.value);
    return EXIT.fine;
  },
});
