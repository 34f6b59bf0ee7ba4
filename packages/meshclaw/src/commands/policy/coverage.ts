/** `meshclaw policy coverage`: which lines of your rules no test reached. */

import { type FileCoverage, type PolicyTestRun, testPolicies } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { FOLDER, formatOf, formatOption, namedSources, PACK } from '../../cli/policy-options.js';
import { visibleLine } from '../../output/escape.js';
import { fail, failUsage } from '../../output/fail.js';
import { policyProblem } from '../../wire-policy.js';

const FORMATS = ['text', 'json'] as const;
const WHOLE = 100;

export const command = defineCommand({
  name: 'policy coverage',
  summary: 'Say which lines of your rules no test reached',
  description:
    'Counts the lines of your rules, not those of tests and not what is shipped; the number is exact and never rounded up. Exit code 0: all tests passed and at least --min percent are covered; 1: not so; 2: nothing to cover, or it cannot be read.',
  positionals: [FOLDER],
  options: [
    PACK,
    { name: 'min', value: 'percent', description: `the least that is enough (default ${WHOLE})` },
    formatOption(FORMATS),
  ],
  example: 'policy coverage ./policies',
  async run(args, { home, printer }) {
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const min = Number(args.optional('min') ?? WHOLE);
    if (!(min >= 0 && min <= WHOLE)) return failUsage(printer, '--min is a number from 0 to 100', args.text('min'));
    const sources = await namedSources(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const ran = await testPolicies(sources.value);
    if (ran.isErr()) return fail(printer, policyProblem(ran.error));
    const { coverage, tests } = ran.value;
    if (coverage.files.length === 0)
      return failUsage(printer, 'there are no rules to cover', sources.value.ownerFolder);
    if (format.value === 'json') printer.line(coverage);
    else for (const line of coverage.files.flatMap(coverageLines)) printer.text(visibleLine(line));
    const failed = tests.filter(({ outcome }) => outcome !== 'passed').length;
    printer.note(summaryOf(coverage, failed));
    return failed === 0 && enough(coverage, min) ? EXIT.fine : EXIT.findings;
  },
});

/** Every file by itself: one without any test cannot hide behind the others. */
const enough = ({ percent, files }: PolicyTestRun['coverage'], min: number): boolean =>
  percent >= min && (min < WHOLE || files.every((file) => file.percent === WHOLE));

function coverageLines({ file, percent, uncovered }: FileCoverage): readonly string[] {
  const places = uncovered.map((one) => `${one.file}:${one.row}:${one.column} no test reaches this`);
  return [`${shown(percent)} %  ${file}`, ...places];
}

const summaryOf = ({ percent, coveredLines, lines }: PolicyTestRun['coverage'], failed: number): string =>
  `${coveredLines} of ${lines} lines of rules are covered (${shown(percent)} %)${failed === 0 ? '' : `; ${failed} tests did not pass`}`;

/** Rounded down: 99.999 is not 100. */
const shown = (percent: number): string => String(Math.floor(percent * 100) / 100);
