/** `meshclaw approvals show`: one approval and the whole plan it is about. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { approvalLines, askedLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals show',
  summary: 'Show one approval and everything that its plan would run',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [],
  example: 'approvals show appr-4k2m9x1c7q0z',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const shown = await evidence.value.approvals.show(args.text('id'));
    if (shown.isErr()) return failApproval(printer, shown.error);
    for (const line of [...approvalLines(shown.value.approval), '', ...askedLines(shown.value)]) printer.text(line);
    printer.data(shown.value);
    return EXIT.fine;
  },
});
