/** `meshclaw evidence verify`: reads the ledger back and checks every record against the signed heads. */

import type { Defect } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { visibleLine } from '../../output/escape.js';
import { fail, failLedger } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence verify',
  summary: 'Check every record against the signed heads',
  description:
    'Names each defect. To check an export on another computer, which needs nothing but Node: npx --package @meshclaw/evidence meshclaw-evidence verify <file>.',
  positionals: [],
  options: [],
  example: 'evidence verify',
  async run(_args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const verified = await evidence.value.ledger.verify();
    if (verified.isErr()) return failLedger(printer, verified.error);
    const { size, root, heads, defects } = verified.value;
    for (const defect of defects) printer.text(defectLine(defect));
    printer.text(
      defects.length === 0
        ? `good: ${size} records, ${heads} signed heads, root ${root}`
        : `${defects.length} defects in ${size} records`,
    );
    printer.data(verified.value);
    return defects.length === 0 ? EXIT.fine : EXIT.findings;
  },
});

const defectLine = ({ kind, index, message }: Defect): string =>
  visibleLine(`${kind}${index === undefined ? '' : ` at ${index}`}: ${message}`);
