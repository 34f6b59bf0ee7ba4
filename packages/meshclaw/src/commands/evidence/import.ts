/** `meshclaw evidence import`: takes over the evidence folder of the Go edition. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { detailOf } from '../../errors.js';
import { fail } from '../../output/fail.js';
import { table } from '../../output/table.js';

export const command = defineCommand({
  name: 'evidence import',
  summary: 'Take over the evidence folder of the Go edition of MeshClaw',
  description:
    'Each file YYYY-MM-DD/*.json becomes a record of type ledger.imported, redacted, once: importing again adds only what is new. The folder is left as it is. What was not proof-bearing before does not become so: the ledger proves what was imported and when.',
  positionals: [{ name: 'folder', description: 'as ~/.meshclaw/evidence', required: true }],
  options: [],
  example: 'evidence import ~/.meshclaw/evidence',
  async run(args, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { importFolder } = await import('@meshclaw/evidence');
    const folder = args.text('folder');
    const done = await importFolder(evidence.value.ledger, folder);
    if (done.isErr()) {
      const { message, cause } = done.error;
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: `${folder}: ${detailOf(cause)}` });
    }
    const { imported, known, refused } = done.value;
    printer.text(`${imported} imported, ${known} were here already, ${refused.length} are no records`);
    const rows = refused.map(({ file, why }) => [file, why]);
    if (rows.length > 0) printer.text(table(['file', 'why'], rows, printer));
    printer.data(done.value);
    return refused.length === 0 ? EXIT.fine : EXIT.partial;
  },
});
