/** `meshclaw evidence prune`: erases old outputs; every record and every proof stays. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { timeFrom } from '../../cli/list-records.js';
import { fail, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence prune',
  summary: 'Erase large outputs that are old; records and proofs stay whole',
  description:
    'Outputs over 4 KiB lie beside the ledger, named by their digest. An erased one can no longer be read; that it was there, its size and its digest stay proved.',
  positionals: [],
  options: [{ name: 'blobs-older-than', value: 'time', description: 'a span such as 90d, or a time (ISO 8601)' }],
  example: 'evidence prune --blobs-older-than 90d',
  async run(args, { openEvidence, printer }) {
    const before = timeFrom(args.optional('blobs-older-than'));
    if (before.isErr()) return failUsage(printer, before.error.message, before.error.detail);
    if (before.value === undefined) return failUsage(printer, 'say what is old', '--blobs-older-than 90d');
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const pruned = await evidence.value.ledger.pruneBlobs(before.value);
    if (pruned.isErr()) {
      const { message, path } = pruned.error;
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: path });
    }
    const { erased, kept, sizeBytes } = pruned.value;
    printer.text(`${erased} outputs erased (${sizeBytes} bytes), ${kept} kept`);
    printer.data(pruned.value);
    return EXIT.fine;
  },
});
