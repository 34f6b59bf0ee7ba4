/** A command as data: what help, completion and the parser need is here; its body is loaded when it runs. */

import type { CommandContext } from './context.js';
import type { ExitCode } from './exit-code.js';

/** A word given by place. Only the last may be variadic. */
export interface PositionalSpec {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic?: boolean;
}
/** A word given by name: `--<name>`, or `--<name> <value>` where `value` says what the value is. */
export interface OptionSpec {
  readonly name: string;
  readonly value?: string;
  readonly description: string;
  readonly repeatable?: boolean;
}
/** Everything about a command but its body. `name` has its group in front (`approvals show`). */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, where one line does not say it. */
  readonly description?: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** A command line that works, without the program's name. */
  readonly example: string;
}
/** The words a command was called with. */
export interface Arguments {
  /** A required positional. */
  text(name: string): string;
  /** An optional positional or an option with a value. */
  optional(name: string): string | undefined;
  /** A variadic positional or a repeatable option. */
  list(name: string): readonly string[];
  flag(name: string): boolean;
}
export interface Command extends CommandSpec {
  run(args: Arguments, context: CommandContext): Promise<ExitCode>;
}
/** A command in the generated registry: its data, and where its body is. */
export interface CommandEntry extends CommandSpec {
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Defines a command; returns its argument, typed. */
export const defineCommand = (command: Command): Command => command;

/** Options that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', description: 'print one JSON object' },
  { name: 'help', description: 'print this help' },
];
