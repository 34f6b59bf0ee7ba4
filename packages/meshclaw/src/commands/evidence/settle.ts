/** `meshclaw evidence settle`: a person says what became of a change whose outcome nobody recorded. */

import { FOUND, systemClock } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { findUnsettled, settle, settleStatement } from '../../home/settle.js';
import { SIGNED_OPTIONS, signedAnswer } from '../../home/signed-answer.js';
import { fail, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence settle',
  summary: 'Say what became of a change whose outcome is unknown; needs an approver’s signature',
  description:
    'For a change that was begun and whose end nobody recorded: the connection was cut, or MeshClaw ended half-way. Look at the server first. What was found is added to the record, which stays as it is.',
  positionals: [{ name: 'execution', description: 'as meshclaw status names it', required: true }],
  options: [
    { name: 'found', value: 'what', description: `what the server shows: ${FOUND.join(', ')}` },
    { name: 'note', value: 'text', description: 'in your own words' },
    ...SIGNED_OPTIONS,
  ],
  example: 'evidence settle exec-0123456789ab --found done --note "nginx runs the new version" --key ~/.ssh/id_ed25519',
  async run(args, { home, openEvidence, printer, subject }) {
    const named = args.optional('found') ?? '';
    const found = FOUND.find((one) => one === named);
    if (found === undefined) return failUsage(printer, `--found is one of ${FOUND.join(', ')}`, named);
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const one = await findUnsettled(ledger, args.text('execution'), systemClock.now());
    if (one.isErr()) return fail(printer, one.error);
    const finding = { found, note: args.optional('note') ?? '' };
    const statement = settleStatement(ledger, one.value, finding);
    if (args.flag('statement')) {
      if (printer.json) printer.data({ statement });
      else printer.exact(statement);
      return EXIT.fine;
    }
    const signed = await signedAnswer(args, home, statement);
    if (signed.isErr()) return fail(printer, signed.error);
    const { signature, approvers } = signed.value;
    const settled = await settle(ledger, one.value, finding, subject, signature, approvers);
    if (settled.isErr()) return fail(printer, settled.error);
    const { signedBy, index } = settled.value;
    printer.text(`settled as ${found}; signed by ${signedBy}   evidence ${index}`);
    printer.data({ execution: one.value.execution, found, signed_by: signedBy, evidence: [String(index)] });
    return EXIT.fine;
  },
});
