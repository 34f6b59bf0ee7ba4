/** `meshclaw evidence chain`: one story from the question to the proof that it holds. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { readChain } from '../../cli/read-chain.js';
import { fail, failLedger } from '../../output/fail.js';
import { recordSummary } from '../../output/record-text.js';
import { table } from '../../output/table.js';

export const command = defineCommand({
  name: 'evidence chain',
  summary: 'Show decision, approval, execution and verification as one story',
  positionals: [{ name: 'id', description: 'a plan, an approval, an execution or a run', required: true }],
  options: [],
  example: 'evidence chain plan-4k2m9x1c7q0z',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const id = args.text('id');
    const chain = await readChain(evidence.value.ledger, id);
    if (chain.isErr()) return failLedger(printer, chain.error);
    if (chain.value.length === 0) {
      return fail(printer, { kind: 'meshclaw.not_found', message: 'no record is about this id', detail: id });
    }
    const rows = chain.value.map((record) => [
      String(record.index),
      record.recordedAt,
      record.type,
      record.subject ?? '',
      recordSummary(record),
    ]);
    printer.text(table(['record', 'time', 'type', 'subject', 'what'], rows, printer));
    printer.data({ id, records: chain.value });
    return EXIT.fine;
  },
});
