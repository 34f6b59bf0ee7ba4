/** `meshclaw policy fmt`: Rego as OPA formats it; says what differs, or writes it. */

import { writeFile } from 'node:fs/promises';
import { ResultAsync } from 'neverthrow';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { FOLDER, namedSources } from '../../cli/policy-options.js';
import { detailOf } from '../../errors.js';
import { fail, failUsage } from '../../output/fail.js';
import { policyProblem } from '../../wire-policy.js';

export const command = defineCommand({
  name: 'policy fmt',
  summary: 'Format your rules, or say which are not formatted',
  description:
    'Without --write nothing is changed. All files are formatted, or none when one does not parse. Exit code 0: all are formatted (now); 1: some are not; 2: they cannot be read.',
  positionals: [FOLDER],
  options: [
    { name: 'check', description: 'only name the files that differ (the default)' },
    { name: 'write', description: 'write them' },
  ],
  example: 'policy fmt ./policies --write',
  async run(args, { home, printer }) {
    const write = args.flag('write');
    if (write && args.flag('check')) return failUsage(printer, 'give --check or --write, not both', '');
    const sources = await namedSources(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const { formatPolicies } = await import('@meshclaw/policy/tools');
    const formatted = await formatPolicies(sources.value.ownerFolder);
    if (formatted.isErr()) return fail(printer, policyProblem(formatted.error));
    const changed = formatted.value.filter((one) => one.changed);
    for (const { file, text } of write ? changed : []) {
      // In place: the file keeps its mode, and one that was cut short does not compile.
      const written = await ResultAsync.fromPromise(writeFile(file, text), detailOf);
      if (written.isErr()) {
        const message = 'this file cannot be written';
        return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: `${file}: ${written.error}` });
      }
    }
    for (const { file } of changed) printer.text(file);
    printer.data({ written: write, changed: changed.map(({ file }) => file) });
    return write || changed.length === 0 ? EXIT.fine : EXIT.findings;
  },
});
