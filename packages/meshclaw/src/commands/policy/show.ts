/** `meshclaw policy show`: one rule as it is written, or all of them in a table. */

import { listRules, type PolicyRule } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { POLICY, policySourcesOf } from '../../cli/policy-options.js';
import { nearest } from '../../home/nearest.js';
import { fail } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { table } from '../../output/table.js';
import { policyProblem } from '../../wire-policy.js';

export const command = defineCommand({
  name: 'policy show',
  summary: 'Show a rule with its texts, parameters and source; without a name, all of them',
  positionals: [{ name: 'rule', description: 'its id, as any.freeze', required: false }],
  options: [POLICY],
  example: 'policy show any.freeze',
  async run(args, { home, printer }) {
    const sources = await policySourcesOf(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const rules = await listRules(sources.value);
    if (rules.isErr()) return fail(printer, policyProblem(rules.error));
    const id = args.optional('rule');
    if (id === undefined) {
      printer.text(ruleTable(rules.value, printer));
      printer.data({ rules: rules.value.map(({ text: _, ...rule }) => rule) });
      return EXIT.fine;
    }
    const found = rules.value.filter((rule) => rule.id === id);
    if (found.length === 0) {
      const near = nearest(
        id,
        rules.value.map((rule) => rule.id),
      );
      const detail = near === undefined ? '"meshclaw policy show" lists them' : `did you mean "${near}"?`;
      return fail(printer, { kind: 'meshclaw.not_found', message: `there is no rule "${id}"`, detail });
    }
    for (const line of found.flatMap(ruleLines)) printer.text(line);
    printer.data({ rules: found });
    return EXIT.fine;
  },
});

const ruleTable = (rules: readonly PolicyRule[], printer: Printer): string =>
  table(
    ['rule', 'kind', 'from', 'answers', 'title'],
    rules.map(({ id, kind, from, effects, title }) => [id, kind, from, effects.join(', '), title]),
    printer,
  );

function ruleLines(rule: PolicyRule): readonly string[] {
  const { enforcement } = rule;
  const { id, kind, title, severity, description, message, remediation, effects, parameters, file, row, text } = rule;
  return [
    `${id} (${kind}, ${severity}${enforcement === 'shadow' ? ', in shadow' : ''}): ${title}   ${file}:${row}`,
    `  ${description}`,
    `  answers ${effects.join(', ')}: ${message}`,
    `  ${remediation}`,
    ...(parameters.length === 0 ? [] : [`  parameters: ${parameters.join(', ')}`]),
    '',
    text.trimEnd(),
  ];
}
