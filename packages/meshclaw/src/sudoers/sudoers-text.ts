/** A sudoers drop-in: exactly the commands that operations run as root, and nothing beside them (sudoers(5), sudo 1.8 and later). */

import type { RootCommand, RootNeed } from './root-commands.js';

/** For whom and for what. */
export interface DropIn {
  readonly server: string;
  readonly login: string;
  readonly granted: readonly RootNeed[];
  /** Operations that can do without root, and are not granted. */
  readonly left: readonly RootNeed[];
}

/**
 * A line cannot hold a newline, and a wildcard in its place would let somebody else's character join two lines of a
 * script. This bracket leaves out every byte but newline, in the C locale that sudo matches in (sudoers_locale). Latin-1.
 */
const NEWLINE = '[!\u0001-\\\t\u000b-\u00ff]';

/** The file's bytes. What stands in comments is ours or was checked. Without a grant it is comments alone. */
export function sudoersBytes({ server, login, granted, left }: DropIn): Buffer {
  const lines = [
    ...(granted.length === 0
      ? [comment(`MeshClaw on ${server}: nothing has to be allowed to ${login}.`)]
      : head(server, login)),
    ...granted.flatMap((need) => grantLines(login, need)),
    ...(left.length === 0 ? [] : [LINE_END, ...LEFT.map(comment)]),
    ...left.map(({ operation, title }) => comment(`  ${operation}: ${title}`)),
  ];
  return Buffer.concat(lines);
}

const LINE_END = Buffer.from('\n');
const comment = (text: string): Buffer => Buffer.from(`# ${text}\n`);

const head = (server: string, login: string): readonly Buffer[] =>
  [
    `What MeshClaw may run as root on ${server}, as ${login} and without a password. Generated from its operations.`,
    'Scripts are allowed word for word, with parameters of any value: look at each operation before you grant it.',
    'Where a line of a script ends there is a bracket with control characters in it; it stands for a newline alone.',
  ].map(comment);

const LEFT = ['These run as root only when they are asked to. Not granted; --operation NAME adds one.'];

const grantLines = (login: string, { operation, title, problems, commands }: RootNeed): readonly Buffer[] => [
  LINE_END,
  comment(`${operation}: ${title}`),
  ...problems.map((why) => comment(`not granted: ${why}`)),
  ...commands.map((one) => Buffer.from(`${login} ALL=(root) NOPASSWD: ${commandText(one)}\n`, 'latin1')),
];

/** Latin-1: one character a byte. */
function commandText(command: RootCommand): string {
  // `*` also stands for several words: parameters of a script are data to it, and nothing is spliced into its text.
  if (command.kind === 'script') return `/bin/sh -c ${wordText(command.text)} meshclaw *`;
  const [program = '', ...words] = command.argv;
  // "" allows no words at all; nothing would allow any.
  return `${program} ${words.length === 0 ? '""' : words.map(wordText).join(' ')}`;
}

function wordText(word: string): string {
  const bytes = Buffer.from(word, 'utf8').toString('latin1');
  return bytes.replace(/[\n\\*?[\]!^:,=#\t ]/g, (character) => {
    if (character === '\n') return NEWLINE;
    // Once for the file, once for the pattern that it becomes.
    return character === '\\' ? '\\\\\\\\' : `\\${character}`;
  });
}
