/** `meshclaw approvals deny`: records a no, which holds for exactly that plan for 24 hours. */

import { subjectName } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals deny',
  summary: 'Say no to a plan; it holds for exactly that plan for 24 hours',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [{ name: 'reason', value: 'text', description: 'why; the asker is told' }],
  example: 'approvals deny appr-4k2m9x1c7q0z --reason "not during the backup"',
  async run(args, { openEvidence, printer, subject }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const answer = { by: subjectName(subject), reason: args.optional('reason') ?? '' };
    const denied = await evidence.value.approvals.deny(args.text('id'), answer);
    if (denied.isErr()) return failApproval(printer, denied.error);
    for (const line of approvalLines(denied.value)) printer.text(line);
    printer.data({ approval: denied.value });
    return EXIT.fine;
  },
});
