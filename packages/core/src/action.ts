/** The exact thing an executor is handed. */

import type { JsonObject } from './json.js';

/** One command: `argv` word for word, never a line of shell text. `as: 'root'` means the login if it is root, else `sudo -n`. */
export type CommandAction = {
  readonly kind: 'command';
  readonly argv: readonly [string, ...string[]];
  readonly stdin?: string;
  readonly as: 'login' | 'root';
  readonly cwd?: string;
};
/** A provider-neutral call; the executor reports the request it really sent in its outcome. */
export type ApiAction = { readonly kind: 'api'; readonly call: string; readonly arguments: JsonObject };
export type Action = CommandAction | ApiAction;
export type ActionKind = Action['kind'];
export type ActionOf<K extends ActionKind> = Extract<Action, { readonly kind: K }>;

/** What `action()` answers when this platform has no way to do it. `reason` is static text. */
export type Unsupported = { readonly kind: 'unsupported'; readonly reason: string };

/** Says that this platform has no way to do the operation; the engine refuses with `unsupported`. */
export const unsupported = (reason: string): Unsupported => ({ kind: 'unsupported', reason });

/** A command by its words. */
export function command(argv: CommandAction['argv'], as: CommandAction['as'] = 'login'): CommandAction {
  return { kind: 'command', argv, as };
}

/** A constant POSIX `sh` script; inputs are positional parameters (`$1` …), never spliced into its text. */
export function script(text: string, parameters: readonly string[], as: CommandAction['as'] = 'login'): CommandAction {
  return command(['sh', '-c', text, 'meshclaw', ...parameters], as);
}
