/** `meshclaw approvals list`: what waits for a person, and what was answered. */

import type { Approval } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failApproval } from '../../output/fail.js';
import { table } from '../../output/table.js';

const HEADER = ['approval', 'status', 'about', 'asked by', 'requested', 'open until', 'signed by'];

export const command = defineCommand({
  name: 'approvals list',
  summary: 'Show what waits for a person, newest first',
  positionals: [],
  options: [{ name: 'pending', description: 'only what still waits' }],
  example: 'approvals list --pending',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const listed = await evidence.value.approvals.list();
    if (listed.isErr()) return failApproval(printer, listed.error);
    const shown = args.flag('pending') ? listed.value.filter(({ status }) => status === 'pending') : listed.value;
    printer.text(shown.length === 0 ? 'no approvals' : table(HEADER, shown.map(row), printer));
    printer.data({ approvals: shown });
    return EXIT.fine;
  },
});

const row = ({
  id,
  status,
  plan,
  bounds,
  consumed,
  subject,
  requestedAt,
  expiresAt,
  grants,
}: Approval): readonly string[] => [
  id,
  status,
  plan ?? `${bounds?.operations.join(', ')}: ${consumed.length} of ${bounds?.uses} uses`,
  subject,
  requestedAt,
  expiresAt,
  grants.map(({ approver }) => approver).join(', '),
];
