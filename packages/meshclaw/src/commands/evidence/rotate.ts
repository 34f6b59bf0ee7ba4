/** `meshclaw evidence rotate`: closes the ledger's present file with a signed head and goes on in a new one. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failLedger } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence rotate',
  summary: 'Close the present file of the ledger and go on in a new one',
  description:
    'Happens by itself at 1 GiB or 90 days. Both files are one ledger: the new one brings along whatever still holds, and keys that were used stay used. A closed file verifies alone and may be moved away; evidence verify says which are absent.',
  positionals: [],
  options: [],
  example: 'evidence rotate',
  async run(_args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const closed = await evidence.value.ledger.rotate();
    if (closed.isErr()) return failLedger(printer, closed.error);
    const { epoch, size } = closed.value;
    printer.text(`epoch ${epoch} is closed with ${size} records; the ledger goes on in epoch ${epoch + 1}`);
    printer.data(closed.value);
    return EXIT.fine;
  },
});
