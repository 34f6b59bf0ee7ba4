/** `meshclaw evidence anchor`: sends the newest head to every place that the settings name, now. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { sendHead } from '../../home/anchors.js';
import { fail, failLedger, failUsage } from '../../output/fail.js';
import { table } from '../../output/table.js';

export const command = defineCommand({
  name: 'evidence anchor',
  summary: 'Send the newest signed head to every place the settings name',
  description:
    'The places are evidence.anchors in meshclaw.yaml. Heads go there by themselves once a minute and when a command ends; this says whether they arrive.',
  positionals: [],
  options: [],
  example: 'evidence anchor',
  async run(_args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger, anchors } = evidence.value;
    if (anchors.length === 0) return failUsage(printer, 'no place is named', 'evidence.anchors in meshclaw.yaml');
    const note = await ledger.signedHead();
    if (note.isErr()) return failLedger(printer, note.error);
    const sent = await sendHead(anchors, note.value);
    const rows = sent.map(({ anchor, kept, why = '' }) => [anchor, kept ? 'kept' : 'NOT kept', why]);
    printer.text(table(['place', 'head', 'why'], rows, printer));
    printer.data({ anchors: sent });
    return sent.every(({ kept }) => kept) ? EXIT.fine : EXIT.notDone;
  },
});
