/** `meshclaw evidence export`: the whole ledger with its signed heads as one file that anyone can check. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence export',
  summary: 'Write the ledger with its signed heads into one file',
  positionals: [{ name: 'file', description: 'where to write; an existing file is replaced', required: true }],
  options: [],
  example: 'evidence export evidence.jsonl',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const file = args.text('file');
    const written = await evidence.value.exportTo(file);
    if (written.isErr()) {
      const message = 'the export could not be written';
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: `${file}: ${written.error}` });
    }
    const { path, records, heads, sizeBytes } = written.value;
    printer.text(`${records} records and ${heads} signed heads in ${path} (${sizeBytes} bytes)`);
    printer.text(`check it anywhere: npx --package @meshclaw/evidence meshclaw-evidence verify ${path}`);
    printer.data(written.value);
    return EXIT.fine;
  },
});
