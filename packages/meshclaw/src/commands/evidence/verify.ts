/** `meshclaw evidence verify`: reads the ledger back and checks every record against the signed heads. */

import type { Defect } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { headsIn } from '../../home/anchors.js';
import { visibleLine } from '../../output/escape.js';
import { fail, failLedger } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence verify',
  summary: 'Check every record against the signed heads',
  description:
    'Names each defect. To check an export on another computer, which needs nothing but Node: npx --package @meshclaw/evidence meshclaw-evidence verify <file>.',
  positionals: [],
  options: [
    { name: 'against', value: 'file', description: 'also against the heads in this file, which was kept elsewhere' },
  ],
  example: 'evidence verify --against /mnt/elsewhere/meshclaw-heads',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const elsewhere = await headsIn(args.optional('against'));
    if (elsewhere.isErr()) return fail(printer, elsewhere.error);
    const verified = await evidence.value.ledger.verify(elsewhere.value);
    if (verified.isErr()) return failLedger(printer, verified.error);
    const { size, root, heads, defects, absent = [], unchecked = 0 } = verified.value;
    for (const defect of defects) printer.text(defectLine(defect));
    for (const { from, to, before } of absent)
      printer.text(`absent: records ${from} to ${to - 1}, in epochs before epoch ${before}: not checked`);
    if (unchecked > 0)
      printer.text(`not compared: ${unchecked} heads kept elsewhere, which lie among the absent records`);
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
