/** Workflows as commands: positionals and options come from the input's JSON Schema, so a new workflow is a new command. */

import { type JsonObject, SEVERITIES, type Severity } from '@meshclaw/core';
import type { WorkflowEntry } from '@meshclaw/workflows';
import { fail, failUsage } from '../output/fail.js';
import { reportLines } from '../output/report-text.js';
import { coerceWords, type PropertySchema } from './coerce.js';
import type { Arguments, Command, CommandEntry, OptionSpec, PositionalSpec } from './command.js';
import type { CommandContext } from './context.js';
import { codeOfReport, type ExitCode } from './exit-code.js';
import { entryOf } from './find-command.js';

const DEFAULT_THRESHOLD: Severity = 'medium';
const FAIL_ON: OptionSpec = {
  name: 'fail-on',
  value: 'severity',
  description: `exit 1 for findings from this severity on: ${SEVERITIES.join(', ')} (default ${DEFAULT_THRESHOLD})`,
};

/** A command for each workflow of this installation. */
export async function workflowEntries(): Promise<readonly CommandEntry[]> {
  const { workflows } = await import('@meshclaw/workflows');
  return Object.values(workflows).map((entry) => entryOf(workflowCommand(entry)));
}

/** The command of one workflow. */
export function workflowCommand(entry: WorkflowEntry): Command {
  const schema = entry.input as PropertySchema;
  const properties = Object.entries(schema.properties ?? {});
  const required = (name: string) => schema.required?.includes(name) ?? false;
  const positionals = entry.positionals.map((name) => positionalOf(name, schema.properties?.[name], required(name)));
  const rest = properties.filter(([name]) => !entry.positionals.includes(name));
  return {
    name: entry.id,
    summary: entry.title,
    description: entry.description,
    positionals,
    options: [...rest.map(([name, property]) => optionOf(name, property, required(name))), FAIL_ON],
    example: entry.example,
    run: (args, context) => runWorkflow(entry, args, context),
  };
}

const positionalOf = (name: string, schema: PropertySchema | undefined, required: boolean): PositionalSpec => ({
  name,
  description: wordsOf(schema),
  required,
  ...(schema?.type === 'array' ? { variadic: true } : {}),
});

function optionOf(name: string, schema: PropertySchema, required: boolean): OptionSpec {
  const description = [wordsOf(schema), required ? '(required)' : ''].filter((part) => part !== '').join(' ');
  if (schema.type === 'boolean') return { name: kebab(name), description };
  const value = schema.enum?.map(String).join('|') ?? valueWord(schema);
  return { name: kebab(name), value, description, ...(schema.type === 'array' ? { repeatable: true } : {}) };
}

const wordsOf = (schema: PropertySchema | undefined): string => {
  const fallback = schema?.default === undefined ? '' : `(default ${JSON.stringify(schema.default)})`;
  return [schema?.description ?? '', fallback].filter((part) => part !== '').join(' ');
};
const valueWord = ({ type }: PropertySchema): string =>
  type === 'integer' || type === 'number' ? 'number' : type === 'object' ? 'json' : 'value';
const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');

async function runWorkflow(entry: WorkflowEntry, args: Arguments, context: CommandContext): Promise<ExitCode> {
  const { printer, subject, signal } = context;
  const wanted = args.optional('fail-on') ?? DEFAULT_THRESHOLD;
  const threshold = SEVERITIES.find((severity) => severity === wanted);
  if (!threshold) return failUsage(printer, `--fail-on is one of ${SEVERITIES.join(', ')}`, wanted);
  const opened = await context.open();
  if (opened.isErr()) return fail(printer, opened.error);
  const workflow = await entry.load();
  const session = opened.value.as({ subject, surface: 'cli' });
  const report = await session.run(workflow, inputOf(entry, args), { signal, note: printer.note });
  for (const line of reportLines(report, printer)) printer.text(line);
  const head = report.head === undefined ? '' : `   ledger head: ${report.head.size} ${report.head.root}`;
  const evidence = report.evidence.length === 0 ? 'none' : report.evidence.join(', ');
  printer.note(`run ${report.run}   evidence: ${evidence}${head}`);
  const { loosened } = opened.value.policy;
  if (loosened.length > 0) printer.note(`rules of yours that can make an answer milder: ${loosened.join(', ')}`);
  printer.data(report);
  return codeOfReport(report, threshold);
}

/** Only what was said; defaults and complaints are the schema's. */
function inputOf({ input, positionals }: WorkflowEntry, args: Arguments): JsonObject {
  const properties = Object.entries((input as PropertySchema).properties ?? {});
  const given = properties.flatMap(([name, schema]) => {
    const key = positionals.includes(name) ? name : kebab(name);
    if (args.flag(key)) return [[name, true] as const];
    const words = args.list(key);
    return words.length === 0 ? [] : [[name, coerceWords(words, schema)] as const];
  });
  return Object.fromEntries(given);
}
