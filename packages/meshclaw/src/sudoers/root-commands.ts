/** Which commands an operation runs as root, found by asking the operation itself. */

import type { CommandAction, JsonValue, Operation, Platform } from '@meshclaw/core';
import { z } from 'zod';
import { MARK, samplesOf } from './sample.js';

/** A command that needs root: a constant script with parameters of any value, or words that never vary. */
export type RootCommand =
  | { readonly kind: 'script'; readonly text: string }
  | { readonly kind: 'words'; readonly argv: readonly string[] };

/** What one operation needs. */
export interface RootNeed {
  readonly operation: string;
  readonly title: string;
  /** `always`, or only when whoever asks wants it so. */
  readonly when: 'always' | 'asked';
  readonly commands: readonly RootCommand[];
  /** Commands that cannot be granted narrowly, in words. */
  readonly problems: readonly string[];
}

/** What an operation runs as root on such a platform; undefined when it does not. Facts that are not known take every value. */
export function rootNeed(operation: Operation, platform: Partial<Platform>): RootNeed | undefined {
  if (operation.via !== 'command' || operation.class === 'judged') return undefined; // free text is granted by nobody
  const actions = platforms(platform).flatMap((one) => actionsOf(operation, one));
  const asRoot = actions.filter(({ as }) => as === 'root');
  if (asRoot.length === 0) return undefined;
  const found = asRoot.map(commandOf);
  const commands = found.filter((one) => typeof one !== 'string');
  const problems = found.filter((one) => typeof one === 'string');
  return {
    operation: operation.name,
    title: operation.title,
    when: actions.some(({ as }) => as === 'login') ? 'asked' : 'always',
    commands: [...new Map(commands.map((one) => [JSON.stringify(one), one])).values()],
    problems: [...new Set(problems)],
  };
}

const VALUES: { readonly [F in keyof Platform]: readonly Platform[F][] } = {
  os: ['linux', 'darwin', 'freebsd'],
  init: ['systemd', 'openrc', 'launchd', 'none'],
  packages: ['apt', 'apk', 'dnf', 'pacman', 'opkg', 'none'],
  userland: ['gnu', 'busybox', 'bsd'],
};

function platforms({ os, init, packages, userland }: Partial<Platform>): readonly Platform[] {
  const either = <T>(known: T | undefined, all: readonly T[]) => (known === undefined ? all : [known]);
  return either(os, VALUES.os).flatMap((one) =>
    either(init, VALUES.init).flatMap((two) =>
      either(packages, VALUES.packages).flatMap((three) =>
        either(userland, VALUES.userland).map((four) => ({ os: one, init: two, packages: three, userland: four })),
      ),
    ),
  );
}

function actionsOf(operation: Operation, platform: Platform): readonly CommandAction[] {
  const inputs = samplesOf(schemaOf(operation.input));
  const observed = observedBy(operation);
  return inputs.flatMap((input) =>
    observed.flatMap((before) => {
      const action = attempt(() => operation.action(input, platform, before));
      return action?.kind === 'command' ? [action] : [];
    }),
  );
}

/** What may have been observed before. */
function observedBy({ change }: Operation): readonly JsonValue[] {
  const observes = change?.observes;
  if (observes === undefined || 'none' in observes) return [null];
  return samplesOf(schemaOf(observes.operation.output)).flatMap((output) => {
    const picked = attempt(() => observes.pick(output));
    return picked === undefined ? [] : [picked];
  });
}

const schemaOf = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });

/** A sample is no real value; an operation that cannot take it tells nothing by it. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The error is why it cannot be granted. */
function commandOf({ argv }: CommandAction): RootCommand | string {
  const [program, flag, text = '', name] = argv;
  const isScript = program === 'sh' && flag === '-c' && name === 'meshclaw';
  if (isScript) return text.includes(MARK) ? 'a script holds an input in its text' : { kind: 'script', text };
  if (argv.some((word) => word.includes(MARK))) return `${program} takes inputs as words; sudoers cannot bound them`;
  return program.startsWith('/') ? { kind: 'words', argv } : `${program} is not named by its whole path`;
}
