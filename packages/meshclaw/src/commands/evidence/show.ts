/** `meshclaw evidence show`: one record, whole. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { describe } from '../../output/describe.js';
import { fail, failLedger, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence show',
  summary: 'Show one record, whole',
  positionals: [{ name: 'record', description: 'its number', required: true }],
  options: [],
  example: 'evidence show 42',
  async run(args, { openEvidence, printer }) {
    const word = args.text('record');
    if (!/^[0-9]{1,15}$/.test(word)) return failUsage(printer, 'a record is named by its number', word);
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const index = Number(word);
    const query = { order: 'oldest_first', after: index - 1, limit: 1 } as const;
    const found = await evidence.value.ledger.find(query);
    if (found.isErr()) return failLedger(printer, found.error);
    const [record] = found.value;
    if (record?.index !== index) {
      return fail(printer, { kind: 'meshclaw.not_found', message: 'no record has this number', detail: word });
    }
    for (const line of describe(record, printer)) printer.text(line);
    printer.data({ record });
    return EXIT.fine;
  },
});
