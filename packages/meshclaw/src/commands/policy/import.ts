/** `meshclaw policy import`: takes over the `policy.json` of the Go edition as rules of the owner; all of it or nothing is written. */

import { importPolicyJson } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { namedSources, PACK } from '../../cli/policy-options.js';
import { addRules } from '../../home/add-rules.js';
import { makeHome } from '../../home/home.js';
import { readSafely } from '../../home/safe-file.js';
import { fail, failUsage } from '../../output/fail.js';
import { table } from '../../output/table.js';
import { policyProblem } from '../../wire-policy.js';

const BECAME = {
  rule: 'is a rule now',
  base: 'is so already',
  not_taken: 'NOT TAKEN OVER',
  not_reproduced: 'NOT REPRODUCED',
} as const;

export const command = defineCommand({
  name: 'policy import',
  summary: 'Take over the policy.json of the Go edition as rules of your own',
  description:
    'Each denial and each demand for an approval becomes a rule with its words and its tests below policies of the home. What it allowed loosens nothing: the shipped policy decides. An unknown key, decision or a syntax error is refused with its place, and then nothing is written. Exit code 1: something stricter is not reproduced.',
  positionals: [{ name: 'file', description: 'as ~/.meshclaw/policy.json', required: true }],
  options: [PACK],
  example: 'policy import ~/.meshclaw/policy.json',
  async run(args, { home, printer }) {
    const file = args.text('file');
    const text = await readSafely(file);
    if (text.isErr()) return fail(printer, text.error);
    if (text.value === undefined) return failUsage(printer, 'there is no such file', file);
    const imported = await importPolicyJson(text.value, file);
    if (imported.isErr()) return fail(printer, policyProblem(imported.error));
    const made = await makeHome(home);
    if (made.isErr()) return fail(printer, made.error);
    const sources = await namedSources(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const { rules, files } = imported.value;
    const added = await addRules(sources.value, files);
    if (added.isErr()) return fail(printer, added.error);
    const rows = rules.map(({ row, id, effect, became, notes }) => [
      `${file}:${row}`,
      id,
      effect ?? 'allow',
      BECAME[became],
      notes.join('; '),
    ]);
    printer.text(table(['from', 'rule', 'effect', 'what became of it', 'note'], rows, printer));
    printer.data({ rules, files: added.value });
    printer.note(added.value.length === 0 ? 'nothing was written' : 'look at them with: meshclaw policy show');
    return rules.some(({ became }) => became === 'not_reproduced') ? EXIT.findings : EXIT.fine;
  },
});
