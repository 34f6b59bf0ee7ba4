/** `meshclaw approvals list`: what waits for a person, and what was answered. */

import type { Approval, Ledger } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { visibleLine } from '../../output/escape.js';
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
    const untold = await untoldOf(evidence.value.ledger);
    for (const { to, why } of untold) printer.note(visibleLine(`not told: ${to}: ${why}`));
    printer.data({ approvals: shown, notifications_failed: untold });
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

const DAY_MS = 86_400_000;
const MOST_UNTOLD = 5;

/** Who could not be told within the last day, the newest first. */
async function untoldOf(
  ledger: Ledger,
): Promise<readonly { readonly to: string; readonly why: string; readonly at: string }[]> {
  const since = new Date(Date.now() - DAY_MS).toISOString();
  const found = await ledger.find({ types: ['notification.failed'], since, order: 'newest_first', limit: MOST_UNTOLD });
  return found
    .unwrapOr([])
    .map(({ body, recordedAt }) => ({ ...(body as { readonly to: string; readonly why: string }), at: recordedAt }));
}
