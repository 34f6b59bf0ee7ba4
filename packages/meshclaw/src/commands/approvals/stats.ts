/** `meshclaw approvals stats`: how often people are asked, and how they answer. */

import { approvalStats } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { describe } from '../../output/describe.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals stats',
  summary: 'Count what people were asked, how fast they answered, and how often with a no',
  description:
    'Of the newest 200 approvals. Many asks and answers within seconds mean tired approvers: write a rule for what is always a yes, or ask less.',
  positionals: [],
  options: [],
  example: 'approvals stats',
  async run(_args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const listed = await evidence.value.approvals.list();
    if (listed.isErr()) return failApproval(printer, listed.error);
    const stats = approvalStats(listed.value);
    for (const line of describe(stats, printer)) printer.text(line);
    printer.data({ stats });
    return EXIT.fine;
  },
});
