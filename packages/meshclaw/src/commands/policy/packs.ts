/** `meshclaw policy packs`: the shipped packs and the parameters in force with each. */

import { listPacks, type PackAbout, type PackParameter } from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { packNamed } from '../../cli/policy-options.js';
import { fail } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { table } from '../../output/table.js';
import { policyProblem } from '../../wire-policy.js';

export const command = defineCommand({
  name: 'policy packs',
  summary: 'Show the shipped packs, or every parameter of one',
  positionals: [{ name: 'pack', description: 'one of them, in full', required: false }],
  options: [],
  example: 'policy packs production',
  async run(args, { printer }) {
    const packs = listPacks();
    if (packs.isErr()) return fail(printer, policyProblem(packs.error));
    const named = args.optional('pack');
    if (named !== undefined) return showOne(named, packs.value, printer);
    for (const line of packs.value.flatMap((about) => packLines(about))) printer.text(line);
    printer.data({ packs: packs.value });
    return EXIT.fine;
  },
});

function showOne(named: string, packs: readonly PackAbout[], printer: Printer): ExitCode {
  const pack = packNamed(named);
  if (pack.isErr()) return fail(printer, pack.error);
  for (const { description, parameters } of packs.filter(({ name }) => name === pack.value)) {
    printer.text(description);
    printer.text(parameterTable(parameters, printer));
  }
  printer.data(packs.find(({ name }) => name === pack.value));
  return EXIT.fine;
}

/** Lists and methods in words. */
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => JSON.stringify(one)).join(', ');
  if (value === null || typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} by ${String(one)}`)
    .join(', ');
};

function packLines({ name, isDefault, description, changes }: PackAbout): readonly string[] {
  const stricter = changes.map((one) => `  ${one.name}: ${shown(one.value)} (base: ${shown(one.base)})`);
  return [`${name}${isDefault ? ' (default)' : ''}`, `  ${description}`, ...stricter];
}

/** How a layer above may change it, in words. */
const MAY: Readonly<Record<string, string>> = {
  union: 'add',
  min: 'lower',
  and: 'say false',
  strongest: 'demand more',
  least: 'lower, or add',
  fixed: 'not change it',
};

const parameterTable = (parameters: readonly PackParameter[], printer: Printer): string =>
  table(
    ['parameter', 'yours may', 'value'],
    parameters.map(({ name, combine, value }) => [name, MAY[combine] ?? combine, shown(value)]),
    printer,
  );
