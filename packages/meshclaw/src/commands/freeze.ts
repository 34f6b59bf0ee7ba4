/** `meshclaw freeze`: stops everything but reading, at once, in every process. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { currentFreeze, setFreeze } from '../home/freeze.js';
import { visibleLine } from '../output/escape.js';
import { fail } from '../output/fail.js';

export const command = defineCommand({
  name: 'freeze',
  summary: 'Stop everything but reading, at once, in every process',
  description: 'Anyone may freeze. Only an approver’s signature clears it: meshclaw unfreeze.',
  positionals: [],
  options: [
    { name: 'reason', value: 'text', description: 'why' },
    { name: 'show', description: 'only say whether it is frozen' },
  ],
  example: 'freeze --reason "something is wrong with the backups"',
  async run(args, { openEvidence, printer, subject }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    if (!args.flag('show')) {
      const set = await setFreeze(ledger, subject, args.optional('reason') ?? '');
      if (set.isErr()) return fail(printer, set.error);
    }
    const freeze = await currentFreeze(ledger);
    if (freeze.isErr()) return fail(printer, freeze.error);
    const now = freeze.value;
    printer.text(
      now === undefined
        ? 'not frozen'
        : `frozen since ${now.since} by ${visibleLine(now.by)}${now.reason === '' ? '' : `: ${visibleLine(now.reason)}`}   evidence ${now.index}`,
    );
    printer.data({ frozen: now !== undefined, ...(now === undefined ? {} : { freeze: now }) });
    return EXIT.fine;
  },
});
