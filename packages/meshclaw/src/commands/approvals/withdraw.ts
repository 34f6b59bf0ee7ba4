/** `meshclaw approvals withdraw`: the asker takes an ask back. */

import { subjectName } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals withdraw',
  summary: 'Take back what you asked for, answered or not',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [],
  example: 'approvals withdraw appr-4k2m9x1c7q0z',
  async run(args, { openEvidence, printer, subject }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const withdrawn = await evidence.value.approvals.withdraw(args.text('id'), subjectName(subject));
    if (withdrawn.isErr()) return failApproval(printer, withdrawn.error);
    for (const line of approvalLines(withdrawn.value)) printer.text(line);
    printer.data({ approval: withdrawn.value });
    return EXIT.fine;
  },
});
