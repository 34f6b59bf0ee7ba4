/** `meshclaw plan show`: a stored plan as a person reads it. */

import { readPlan } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failLedger } from '../../output/fail.js';
import { planLines } from '../../output/plan-text.js';

export const command = defineCommand({
  name: 'plan show',
  summary: 'Show everything that a stored plan would run',
  positionals: [{ name: 'id', description: 'the plan', required: true }],
  options: [],
  example: 'plan show plan-4k2m9x1c7q0z',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const id = args.text('id');
    const found = await evidence.value.ledger.find({ plan: id, types: ['plan.created'], limit: 1 });
    if (found.isErr()) return failLedger(printer, found.error);
    const plan = found.value[0] && readPlan(found.value[0]);
    if (!plan) {
      const detail = id.startsWith('appr-') ? `that is an approval: meshclaw approvals show ${id}` : id;
      return fail(printer, { kind: 'meshclaw.not_found', message: 'no readable plan has this id', detail });
    }
    for (const line of planLines(plan)) printer.text(line);
    printer.data({ plan });
    return EXIT.fine;
  },
});
