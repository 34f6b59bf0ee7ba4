/** Words to arguments of one command, by commander. The only file that knows commander. */

import { Command as Commander, CommanderError } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import { type Arguments, COMMON_OPTIONS, type CommandSpec, type OptionSpec } from './command.js';

/** What is wrong with the words, in a line. */
export interface ParseFailure {
  readonly detail: string;
}

type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Parses the words after the command's name. */
export function parseWords(spec: CommandSpec, words: readonly string[]): Result<Arguments, ParseFailure> {
  const complaints: string[] = [];
  const parser = new Commander(spec.name)
    .helpOption(false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: (text) => complaints.push(text.trim()) });
  for (const { name, required, variadic } of spec.positionals) {
    const word = variadic ? `${name}...` : name;
    parser.argument(required ? `<${word}>` : `[${word}]`);
  }
  for (const option of [...spec.options, ...COMMON_OPTIONS]) addOption(parser, option);
  try {
    parser.parse(words, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return err({ detail: (complaints[0] ?? cause.message).replace(/^error: /, '') });
  }
  return ok(argumentsOf(spec, parser.processedArgs, parser.opts()));
}

function addOption(parser: Commander, { name, value, description, repeatable }: OptionSpec): void {
  const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
  if (repeatable)
    parser.option(flags, description, (word: string, before: readonly string[] = []) => [...before, word]);
  else parser.option(flags, description);
}

function argumentsOf({ positionals }: CommandSpec, places: readonly unknown[], options: Given): Arguments {
  const placed = Object.fromEntries(positionals.map(({ name }, index) => [name, places[index]])) as Given;
  const given = (name: string) => placed[name] ?? options[camelCase(name)];
  const optional = (name: string): string | undefined => {
    const value = given(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    optional,
    text: (name) => optional(name) ?? '',
    list: (name) => {
      const value = given(name);
      return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
    },
    flag: (name) => given(name) === true,
  };
}

/** Commander keeps `--fail-on` as `failOn`. */
const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
