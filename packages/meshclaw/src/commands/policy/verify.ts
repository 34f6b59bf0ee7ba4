/** `meshclaw policy verify`: tries what is promised against your configuration. What could not be tried does not hold. */

import { type JunitCase, junitXml, type VerifiedGuarantee, verifyPolicy } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { formatOf, formatOption, PACK, POLICY, policySourcesOf } from '../../cli/policy-options.js';
import { visibleLine } from '../../output/escape.js';
import { fail } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { policyProblem } from '../../wire-policy.js';

const FORMATS = ['text', 'json', 'junit'] as const;

export const command = defineCommand({
  name: 'policy verify',
  summary: 'Try the guarantees of your configuration, one by one',
  description:
    'Freeze, floors, guards, secrets, refused rules and parameters, malformed requests and more, each tried against the policy in force. Exit code 0: every guarantee holds; 1: some are broken; 6: none is broken, but some could not be tried; 2: the policy cannot be opened.',
  positionals: [],
  options: [POLICY, PACK, formatOption(FORMATS)],
  example: 'policy verify --policy ./policies',
  async run(args, { home, printer }) {
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const sources = await policySourcesOf(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const verified = await verifyPolicy(sources.value);
    if (verified.isErr()) return fail(printer, policyProblem(verified.error));
    const all = verified.value;
    if (format.value === 'junit') printer.text(junitXml('meshclaw policy verify', all.map(caseOf)).trimEnd());
    else if (format.value === 'json') printer.line({ guarantees: all });
    else for (const line of all.flatMap(guaranteeLines)) printer.text(line);
    return summarise(all, printer);
  },
});

function summarise(all: readonly VerifiedGuarantee[], printer: Printer): ExitCode {
  const count = (wanted: VerifiedGuarantee['state']) => all.filter(({ state }) => state === wanted).length;
  const [broken, untried] = [count('broken'), count('not_applicable')];
  printer.note(
    `${count('holds')} of ${all.length} guarantees hold, ${broken} are broken, ${untried} could not be tried`,
  );
  if (broken > 0) return EXIT.findings;
  return untried > 0 || all.length === 0 ? EXIT.partial : EXIT.fine;
}

function guaranteeLines(one: VerifiedGuarantee): readonly string[] {
  const head = `${one.state.padEnd(14)} ${one.title}   ${one.id}`;
  const more = one.state === 'broken' ? one.broken : one.state === 'not_applicable' ? [one.why] : [];
  return [head, ...more.map((line) => `  ${line}`)].map(visibleLine);
}

/** What could not be tried is a failure here: build servers count a skipped test as no harm. */
const caseOf = (one: VerifiedGuarantee): JunitCase => ({
  suite: 'guarantees',
  name: `${one.id}: ${one.title}`,
  seconds: 0,
  ...(one.state === 'holds'
    ? {}
    : { failure: { message: one.state, text: one.state === 'broken' ? one.broken.join('\n') : one.why } }),
});
