/** `meshclaw approvals wait`: comes back when a person has answered. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ApprovalStatus } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { approvalLines } from '../../output/approval-text.js';
import { fail, failApproval, failUsage } from '../../output/fail.js';

/** Often enough for a person, seldom enough for the ledger. */
const LOOK_EVERY_MS = 500;
const LONGEST_SECONDS = 86_400;

export const command = defineCommand({
  name: 'approvals wait',
  summary: 'Wait until a person has answered',
  description:
    'Exit code 0: granted; 3: denied or taken back; 4: nobody has answered in the time given; 5: expired, or used already.',
  positionals: [{ name: 'id', description: 'the approval', required: true }],
  options: [{ name: 'seconds', value: 'n', description: 'how long; until it expires when left out' }],
  example: 'approvals wait appr-4k2m9x1c7q0z --seconds 300',
  async run(args, { openEvidence, printer, signal }) {
    const given = args.optional('seconds') ?? String(LONGEST_SECONDS);
    const seconds = Number(given);
    if (!/^[0-9]{1,5}$/.test(given) || seconds > LONGEST_SECONDS) {
      return failUsage(printer, `--seconds is a number up to ${LONGEST_SECONDS}`, given);
    }
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const until = performance.now() + seconds * 1_000;
    for (;;) {
      const shown = await evidence.value.approvals.show(args.text('id'));
      if (shown.isErr()) return failApproval(printer, shown.error);
      const { approval } = shown.value;
      if (approval.status !== 'pending' || performance.now() >= until || signal.aborted) {
        for (const line of approvalLines(approval)) printer.text(line);
        printer.data({ approval });
        return codeOf(approval.status);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  },
});

function codeOf(status: ApprovalStatus): ExitCode {
  switch (status) {
    case 'granted':
      return EXIT.fine;
    case 'denied':
    case 'revoked':
      return EXIT.denied;
    case 'pending':
      return EXIT.approvalRequired;
    case 'expired':
    case 'used':
      return EXIT.notDone;
  }
}
