/** Help as text, made from the data of the commands. Runs when help is generated, not when it is printed. */

import { COMMON_OPTIONS, type CommandSpec, type OptionSpec, type PositionalSpec } from './command.js';

/** A heading of the overview and the commands below it. */
export interface HelpSection {
  readonly title: string;
  readonly commands: readonly CommandSpec[];
}

/** The overview: what `meshclaw` alone prints. */
export function overview(sections: readonly HelpSection[]): string {
  const width = Math.max(...sections.flatMap(({ commands }) => commands.map(({ name }) => name.length)));
  const lines = sections.flatMap(({ title, commands }) => [
    '',
    `${title}:`,
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
  ]);
  return [
    'meshclaw: operates a small fleet of servers for people and agents: states what is true, says what is allowed,',
    'does it safely and keeps proof.',
    '',
    'usage: meshclaw <command> [words] [--json]',
    ...lines,
    '',
    '"meshclaw <command> --help" says more. Begin with: meshclaw demo',
    'exit codes: 0 fine, 1 findings, 2 usage or configuration, 3 denied, 4 approval required,',
    '            5 could not reach or execute, 6 partial, 7 outcome unknown',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: CommandSpec): string {
  const { name, summary, description, positionals, options, example } = command;
  const all = [...options, ...COMMON_OPTIONS];
  const rows = [
    ...positionals.map((one) => [positionalText(one), one.description] as const),
    ...all.map((one) => [optionText(one), one.description + (one.repeatable ? ' (may be repeated)' : '')] as const),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    summary,
    ...(description === undefined ? [] : ['', ...wrap(description)]),
    '',
    `usage: meshclaw ${[name, ...positionals.map(positionalText)].join(' ')} [options]`,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()),
    '',
    `example: meshclaw ${example}`,
    '',
  ].join('\n');
}

/** The help of a group: its commands. */
export function groupHelp(group: string, commands: readonly CommandSpec[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [`usage: meshclaw ${group} <command> [words]`, '', ...lines, ''].join('\n');
}

function positionalText({ name, required, variadic }: PositionalSpec): string {
  const word = variadic ? `${name}...` : name;
  return required ? `<${word}>` : `[${word}]`;
}

const optionText = ({ name, value }: OptionSpec): string =>
  value === undefined ? `--${name}` : `--${name} <${value}>`;

function wrap(text: string, width = 100): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
