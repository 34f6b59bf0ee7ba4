/** `meshclaw approvals statement`: the exact bytes to sign on stdout, the plan they are about on stderr. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { askedLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals statement',
  summary: 'Print the bytes that an approver signs; the plan goes to stderr',
  description:
    'Sign them anywhere with: ssh-keygen -Y sign -n meshclaw-approval@v1 -f <key>, and hand the answer in with "approvals grant <id> --signature <file>".',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [],
  example: 'approvals statement appr-4k2m9x1c7q0z > statement',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const desk = evidence.value.approvals;
    const id = args.text('id');
    const shown = await desk.show(id);
    if (shown.isErr()) return failApproval(printer, shown.error);
    const statement = await desk.statement(id);
    if (statement.isErr()) return failApproval(printer, statement.error);
    for (const line of askedLines(shown.value)) printer.note(line);
    if (printer.json) printer.data({ statement: statement.value, ...shown.value });
    else printer.exact(statement.value);
    return EXIT.fine;
  },
});
