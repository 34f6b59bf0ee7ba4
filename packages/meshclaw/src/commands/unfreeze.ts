/** `meshclaw unfreeze`: clears the freeze with an approver's signature. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { ANSWER_OPTIONS, signatureFrom } from '../home/answer.js';
import { readApprovers } from '../home/approvers.js';
import { clearFreeze, currentFreeze, unfreezeStatement } from '../home/freeze.js';
import { fail } from '../output/fail.js';

export const command = defineCommand({
  name: 'unfreeze',
  summary: 'Clear the freeze; needs an approver’s signature',
  positionals: [],
  options: [...ANSWER_OPTIONS, { name: 'statement', description: 'print the bytes that an approver has to sign' }],
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
    const signature = await signatureFrom(args, statement);
    if (signature.isErr()) return fail(printer, signature.error);
    if (signature.value === undefined) {
      const detail = 'give --key <private key>, or sign the text of --statement and give --signature <file>';
      const message = 'an enrolled approver has to sign for this';
      return fail(printer, { kind: 'meshclaw.signature_required', message, detail });
    }
    const approvers = await readApprovers(home);
    if (approvers.isErr()) {
      const { message, detail = '' } = approvers.error;
      return fail(printer, { kind: 'meshclaw.approvers_unavailable', message, detail });
    }
    const cleared = await clearFreeze(ledger, freeze.value, subject, signature.value, approvers.value);
    if (cleared.isErr()) return fail(printer, cleared.error);
    printer.text(`not frozen any more; signed by ${cleared.value}`);
    printer.data({ frozen: false, signed_by: cleared.value });
    return EXIT.fine;
  },
});
