/** `meshclaw approvals grant`: shows the plan in full, takes a signature, checks it, records the yes. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { ANSWER_OPTIONS, signatureFrom } from '../../home/answer.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';
import { planLines } from '../../output/plan-text.js';

export const command = defineCommand({
  name: 'approvals grant',
  summary: 'Say yes to a plan by signing it with an approver’s key',
  description:
    'Shows the plan in full on stderr, then signs with --key (by ssh-keygen, which asks for passphrase or touch) or takes a signature made elsewhere over the text of "approvals statement".',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: ANSWER_OPTIONS,
  example: 'approvals grant appr-4k2m9x1c7q0z --key ~/.ssh/id_ed25519',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const desk = evidence.value.approvals;
    const id = args.text('id');
    const shown = await desk.show(id);
    if (shown.isErr()) return failApproval(printer, shown.error);
    for (const line of planLines(shown.value.plan)) printer.note(line);
    const statement = await desk.statement(id);
    if (statement.isErr()) return failApproval(printer, statement.error);
    const signature = await signatureFrom(args, statement.value);
    if (signature.isErr()) return fail(printer, signature.error);
    if (signature.value === undefined) {
      const detail = 'give --key <private key> or --signature <file>';
      return fail(printer, { kind: 'meshclaw.signature_required', message: 'a yes is a signature', detail });
    }
    const granted = await desk.grant(id, { statement: statement.value, signature: signature.value });
    if (granted.isErr()) return failApproval(printer, granted.error);
    for (const line of approvalLines(granted.value)) printer.text(line);
    if (granted.value.status === 'granted') printer.text(`next: meshclaw apply ${granted.value.plan}`);
    printer.data({ approval: granted.value });
    return EXIT.fine;
  },
});
