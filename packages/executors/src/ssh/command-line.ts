/**
 * Makes the one line that sshd hands to the account's login shell, whatever shell that is, so that exactly the wanted words run.
 *
 * The line is the same to sh, bash, zsh, fish, csh and tcsh: `exec`, plain words, and words in single quotes that contain
 * none of the characters on which these shells differ there: the quote itself, `!` (history, csh), `\` before another (fish),
 * line ends (csh) and bytes beyond ASCII. Those are written as octal escapes and decoded by the constant script it starts.
 */

import type { CommandAction } from '@meshclaw/core';
import { ENVIRONMENT } from '../_command/environment.js';
import { HOLD } from '../_command/lock-script.js';
import { PROBE, PROBE_ROOT, RUN, SCRIPT, STOP } from './remote-scripts.js';

/** How the remote side can bound a command: coreutils' `timeout -k`, a `timeout` without it, or not at all. */
export type RemoteBound = 'kill' | 'term' | 'none';
/** How to become root: the login is root, `sudo -n` runs anything, it runs some commands, or there is no way. */
export type RootAccess = 'login' | 'any' | 'some' | 'none';
/** A line and the random word that tells what the script says from what anything else prints. */
export interface CommandLine {
  readonly text: string;
  readonly mark: string;
}

// Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), and the login shell gets the whole line as one.
const LONGEST_LINE = 131_071;
const CLEAN = `PATH=${ENVIRONMENT.PATH} LC_ALL=${ENVIRONMENT.LC_ALL}`;
// The remote side ends a command by itself a little after this side gave up on it, also when the connection is gone.
const REMOTE_GRACE_S = 2;

/** What a command's line needs to know of the server. */
export interface Surroundings {
  readonly bound: RemoteBound;
  readonly root: RootAccess;
}

/** The line that runs a command, bounded on the server as well; undefined when it is longer than a server takes. */
export function commandLine(
  action: CommandAction,
  { bound, root }: Surroundings,
  mark: string,
  remainingMs: number,
): CommandLine | undefined {
  const how = action.as === 'login' || root === 'login' ? 'login' : root === 'any' ? 'sudo' : 'ask';
  const limit = Math.ceil(remainingMs / 1_000) + REMOTE_GRACE_S;
  const flags = [mark, how, action.stdin === undefined ? 'no' : 'yes', String(limit), bound];
  const words = [folder(action.cwd), ...action.argv].map(encoded);
  const text = line(RUN, [...flags, ...words], how === 'sudo', `MESHCLAW_EXECUTION=${mark} `);
  return text.length > LONGEST_LINE ? undefined : { text, mark };
}

/** The line that runs a constant script with any words, as the login or as root; undefined when it is longer than a server takes. */
export function scriptLine(words: readonly string[], asRoot: boolean, mark: string): CommandLine | undefined {
  const text = line(SCRIPT, words.map(encoded), asRoot);
  return text.length > LONGEST_LINE ? undefined : { text, mark };
}

/** The line that asks who the login is and how the server can bound a command. */
export const probeLine = (mark: string): CommandLine => ({ text: line(PROBE, [mark], false), mark });

/** The line that asks whether the login may act as root without a password. */
export const rootLine = (mark: string): CommandLine => ({ text: line(PROBE_ROOT, [mark], false), mark });

/** The line that takes the lock of the machine, or says who has it, and keeps it for so long at most. */
export const holdLine = (mark: string, holdMs: number, bound: RemoteBound, owner: string): CommandLine => ({
  text: line(HOLD, [mark, String(Math.ceil(holdMs / 1_000)), bound, owner], false),
  mark,
});

/** The line that ends what a mark was given to, and says whether it is gone. */
export function stopLine(
  stopped: string,
  pid: number,
  action: CommandAction,
  root: RootAccess,
  mark: string,
): CommandLine {
  const asRoot = action.as === 'root' && root !== 'login';
  const flags = [stopped, mark, String(pid), asRoot && root === 'some' ? 'ask' : 'login'];
  return { text: line(STOP, flags, asRoot && root === 'any'), mark };
}

/** `exec` keeps the login shell from saying anything afterwards; `env -i` drops what its start-up files set. */
function line(script: string, words: readonly string[], asRoot: boolean, execution = ''): string {
  const clean = `/usr/bin/env -i ${asRoot ? '' : 'HOME="$HOME" '}${CLEAN} ${execution}/bin/sh -c '${script}' meshclaw`;
  const before = asRoot ? `/usr/bin/env -i HOME="$HOME" ${CLEAN} sudo -n -- ` : '';
  return `exec ${before}${clean} ${words.map((word) => `'${word}'`).join(' ')}`;
}

/** A relative folder is one of the home; a name that begins with a hyphen is no option. */
const folder = (cwd: string | undefined): string =>
  cwd === undefined || cwd.startsWith('/') ? (cwd ?? '') : `./${cwd}`;

/** `-` and the word, or `+` and the word with octal escapes as `printf %b` decodes them (POSIX: `\0` and up to three digits). */
function encoded(word: string): string {
  if (/^[ -~]*$/.test(word) && !/['!\\]/.test(word)) return `-${word}`;
  const octal = (byte: number) => `\\0${byte.toString(8).padStart(3, '0')}`;
  const escaped = (text: string) => [...Buffer.from(text, 'utf8')].map(octal).join('');
  return `+${word.replace(/[^ -~]+|['!\\]+/g, escaped)}`;
}
