/** `meshclaw approvals revoke`: ends an ask or a yes that is not used up. */

import { subjectName } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals revoke',
  summary: 'Take back a yes that is not used up; needs no signature, for it only stops things',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [{ name: 'reason', value: 'text', description: 'why' }],
  example: 'approvals revoke appr-4k2m9x1c7q0z --reason "signed the wrong one"',
  async run(args, { openEvidence, printer, subject }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const answer = { by: subjectName(subject), reason: args.optional('reason') ?? '' };
    const revoked = await evidence.value.approvals.revoke(args.text('id'), answer);
    if (revoked.isErr()) return failApproval(printer, revoked.error);
    for (const line of approvalLines(revoked.value)) printer.text(line);
    printer.data({ approval: revoked.value });
    return EXIT.fine;
  },
});
