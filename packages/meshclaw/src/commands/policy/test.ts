/** `meshclaw policy test`: the Rego tests of your rules, run together with the shipped library. */

import { type JunitCase, junitTests, junitXml, type PolicyTest, testPolicies } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { FOLDER, formatOf, formatOption, namedSources, PACK } from '../../cli/policy-options.js';
import { visibleLine } from '../../output/escape.js';
import { fail } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { policyProblem } from '../../wire-policy.js';

const FORMATS = ['text', 'json', 'junit'] as const;

export const command = defineCommand({
  name: 'policy test',
  summary: 'Run the Rego tests of your rules',
  description:
    'Tests are rules named test_… in files named …_test.rego. They see the shipped library, the parameters in force and the catalogue of operations. Exit code 0: all passed; 1: some did not, skipped ones among them; 2: there are none, or they cannot be read.',
  positionals: [FOLDER],
  options: [
    PACK,
    { name: 'filter', value: 'pattern', description: 'only tests whose full name matches (RE2)' },
    formatOption(FORMATS),
  ],
  example: 'policy test ./policies --format junit',
  async run(args, { home, printer }) {
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const sources = await namedSources(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const filter = args.optional('filter');
    const ran = await testPolicies({ ...sources.value, ...(filter === undefined ? {} : { filter }) });
    if (ran.isErr()) return fail(printer, policyProblem(ran.error));
    const { tests } = ran.value;
    if (format.value === 'junit') printJunit(printer, junitTests(tests));
    else if (format.value === 'json') printer.line({ tests });
    else for (const line of tests.flatMap(testLines)) printer.text(line);
    const passed = tests.filter(({ outcome }) => outcome === 'passed').length;
    printer.note(`${passed} of ${tests.length} tests passed`);
    return passed === tests.length ? EXIT.fine : EXIT.findings;
  },
});

const printJunit = (printer: Printer, cases: readonly JunitCase[]): void =>
  printer.text(junitXml('meshclaw policy test', cases).trimEnd());

function testLines({ outcome, package: name, name: test, file, row, column, details }: PolicyTest): readonly string[] {
  const full = `${outcome.padEnd(7)} ${name.replace(/^data\./, '')}.${test}`;
  if (outcome === 'passed') return [visibleLine(full)];
  return [`${full}   ${file}:${row}:${column}`, ...details.map((line) => `  ${line}`)].map(visibleLine);
}
