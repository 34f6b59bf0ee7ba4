/** `meshclaw policy lint`: what compiles and still should not be, each finding with its place. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { FOLDER, formatOf, formatOption, namedSources, PACK } from '../../cli/policy-options.js';
import { fail } from '../../output/fail.js';
import { printFindings } from '../../output/findings-text.js';
import { policyProblem } from '../../wire-policy.js';

const FORMATS = ['text', 'json', 'sarif'] as const;

export const command = defineCommand({
  name: 'policy lint',
  summary: 'Find what compiles and still should not be in your rules',
  description:
    'METADATA, ids and folders, built-ins that can fail, negated requests, paths and parameters that do not exist, missing tests, formatting. Exit code 0: notes at most; 1: warnings or errors; 2: nothing to look at, or it cannot be read.',
  positionals: [FOLDER],
  options: [PACK, formatOption(FORMATS)],
  example: 'policy lint ./policies --format sarif',
  async run(args, { home, printer }) {
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const sources = await namedSources(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const { lintPolicies, lintRules } = await import('@meshclaw/policy/tools');
    const found = await lintPolicies(sources.value);
    if (found.isErr()) return fail(printer, policyProblem(found.error));
    printFindings(printer, format.value, found.value, lintRules());
    const serious = found.value.filter(({ level }) => level !== 'note');
    printer.note(serious.length === 0 ? 'nothing to mend' : `${serious.length} to mend`);
    return serious.length === 0 ? EXIT.fine : EXIT.findings;
  },
});
