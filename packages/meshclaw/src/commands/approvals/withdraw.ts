/** `meshclaw approvals withdraw`: the asker takes an ask back; an approver takes a no back. */

import { type Approval, type ApprovalError, subjectName } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import { type Arguments, defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { signatureFrom } from '../../home/answer.js';
import { SIGNED_OPTIONS } from '../../home/signed-answer.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';

export const command = defineCommand({
  name: 'approvals withdraw',
  summary: 'Take back what you asked for, answered or not; or, as an approver, take back a no',
  description:
    'Whoever asked takes the ask back without a signature. A no holds for 24 hours, or until an approver signs with --key (or signs the text of --statement elsewhere and gives --signature); the same may then be asked for again.',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: SIGNED_OPTIONS,
  example: 'approvals withdraw appr-4k2m9x1c7q0z',
  async run(args, context) {
    const { openEvidence, printer, subject } = context;
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const desk = evidence.value.approvals;
    const id = args.text('id');
    const statement = await desk.reliefStatement(id);
    // Nobody said no to it: it is the asker who takes it back.
    if (statement.isErr() && statement.error.kind === 'not_denied' && !signs(args)) {
      return answered(await desk.withdraw(id, subjectName(subject)), printer);
    }
    if (statement.isErr()) return failApproval(printer, statement.error);
    if (args.flag('statement')) {
      if (printer.json) printer.data({ statement: statement.value });
      else printer.exact(statement.value);
      return EXIT.fine;
    }
    const signature = await signatureFrom(args, statement.value);
    if (signature.isErr()) return fail(printer, signature.error);
    if (signature.value === undefined) {
      const detail = 'give --key <private key>, or sign the text of --statement and give --signature <file>';
      const message = 'somebody said no; only an approver’s signature takes it back';
      return fail(printer, { kind: 'meshclaw.signature_required', message, detail });
    }
    return answered(await desk.relieve(id, signature.value), printer);
  },
});

const signs = (args: Arguments): boolean =>
  args.flag('statement') || ['key', 'signature'].some((name) => args.optional(name) !== undefined);

function answered(over: Result<Approval, ApprovalError>, printer: Printer): ExitCode {
  if (over.isErr()) return failApproval(printer, over.error);
  for (const line of approvalLines(over.value)) printer.text(line);
  printer.data({ approval: over.value });
  return EXIT.fine;
}
