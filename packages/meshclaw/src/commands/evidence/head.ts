/** `meshclaw evidence head`: the newest signed head, to be kept elsewhere. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failLedger } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence head',
  summary: 'Print the newest signed head, to be kept elsewhere',
  description:
    'A head stands for every record before it. Kept where the owner of the ledger cannot write, it shows a ledger that was cut back or written anew: evidence verify --against <file>.',
  positionals: [],
  options: [],
  example: 'evidence head > head.txt',
  async run(_args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const note = await ledger.signedHead();
    if (note.isErr()) return failLedger(printer, note.error);
    const [, size = '', root = ''] = note.value.split('\n');
    if (!printer.json) printer.exact(note.value);
    printer.data({
      size: Number(size),
      root: Buffer.from(root, 'base64').toString('hex'),
      note: note.value,
      key: ledger.verifierKey,
    });
    return EXIT.fine;
  },
});
