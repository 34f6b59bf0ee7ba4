/** `meshclaw unfreeze`: clears the freeze with an approver's signature. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { clearFreeze, currentFreeze, unfreezeStatement } from '../home/freeze.js';
import { SIGNED_OPTIONS, signedAnswer } from '../home/signed-answer.js';
import { fail } from '../output/fail.js';

export const command = defineCommand({
  name: 'unfreeze',
  summary: 'Clear the freeze; needs an approver’s signature',
  positionals: [],
  options: SIGNED_OPTIONS,
  example: 'unfreeze --key ~/.ssh/id_ed25519',
  async run(args, { home, openEvidence, printer, subject }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const freeze = await currentFreeze(ledger);
    if (freeze.isErr()) return fail(printer, freeze.error);
    if (freeze.value === undefined) {
      return fail(printer, { kind: 'meshclaw.not_frozen', message: 'nothing is frozen', detail: '' });
    }
    const statement = unfreezeStatement(ledger, freeze.value);
    if (args.flag('statement')) {
      if (printer.json) printer.data({ statement });
      else printer.exact(statement);
      return EXIT.fine;
    }
    const signed = await signedAnswer(args, home, statement);
    if (signed.isErr()) return fail(printer, signed.error);
    const { signature, approvers } = signed.value;
    const cleared = await clearFreeze(ledger, freeze.value, subject, signature, approvers);
    if (cleared.isErr()) return fail(printer, cleared.error);
    printer.text(`not frozen any more; signed by ${cleared.value}`);
    printer.data({ frozen: false, signed_by: cleared.value });
    return EXIT.fine;
  },
});
