/**
 * Makes the one line that sshd hands to the account's login shell, whatever shell that is, so that exactly the wanted words run.
 *
 * The line is the same to sh, bash, zsh, fish, csh and tcsh: `exec`, plain words, and words in single quotes that contain
 * none of the characters on which these shells differ there: the quote itself, `!` (history, csh), `\` before another (fish),
 * line ends (csh) and bytes beyond ASCII. Those are written as octal escapes and decoded by the constant script it starts.
 */

import type { CommandAction } from '@meshclaw/core';
import { ENVIRONMENT } from '../_command/environment.js';

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
const REMOTE_KILL_S = 2;

// What the scripts share: no quote, exclamation mark, backslash or line end in them, so that single quotes hold them everywhere.
const DECODE =
  'n=$#; while [ "$n" -gt 0 ]; do case $1 in +*) w=$(printf %b. "${1#?}");; *) w=${1#?}.;; esac; shift; set -- "$@" "${w%.}"; n=$((n-1)); done';
const SAY = 'say() { echo; echo "@@$mark $1"; }';

// Whatever can fail before the command is started is said before "start"; the command replaces the script, so $$ is its id.
const RUN = [
  'mark=$1 as=$2 input=$3 limit=$4 bound=$5; shift 5',
  SAY,
  DECODE,
  'dir=$1; shift',
  'case $as in sudo) HOME=~root; export HOME;; esac',
  'if [ -n "$dir" ]; then cd "$dir" 2>/dev/null || { say no-directory; exit 125; }; fi',
  'case $1 in -*) ;; *) command -v "$1" >/dev/null 2>&1 || { say no-program; exit 127; };; esac',
  'case $as in ask) sudo -n -l -- "$@" >/dev/null 2>&1 </dev/null || { say no-root; exit 125; }; set -- sudo -n -- "$@";; esac',
  'case $input in no) exec </dev/null;; esac',
  'say "start $$"; { echo; echo "@@$mark start"; } >&2',
  `case $bound in kill) exec timeout -k ${REMOTE_KILL_S} "$limit" "$@";; term) exec timeout "$limit" "$@";; *) exec "$@";; esac`,
].join('; ');

const PROBE = [
  'mark=$1',
  SAY,
  'b=none; if timeout -k 1 1 true; then b=kill; elif timeout 1 true; then b=term; fi 2>/dev/null',
  'say "login $(id -u) $b"',
].join('; ');

const PROBE_ROOT = [
  'mark=$1',
  SAY,
  'a=none; if sudo -n -- /usr/bin/env true; then a=any; elif command -v sudo; then a=some; fi >/dev/null 2>&1 </dev/null',
  'say "root $a"',
].join('; ');

// Everything that bears the mark in its environment, the group of the command, and the command: TERM, then KILL, then a look.
const STOP = [
  'mark=$1 own=$2 pid=$3 how=$4',
  'say() { echo; echo "@@$own $1"; }',
  'all() { grep -l "MESHCLAW_EXECUTION=$mark" /proc/[0-9]*/environ 2>/dev/null; }',
  'k() { case $how in ask) sudo -n -- kill "$@";; *) kill "$@";; esac 2>/dev/null; }',
  'hit() { for f in $(all); do f=${f#/proc/}; k -s "$1" "${f%%/*}"; done; if [ "$pid" -gt 1 ]; then k -s "$1" -- "-$pid"; k -s "$1" "$pid"; fi; }',
  'alive() { [ -n "$(all)" ] || { [ "$pid" -gt 1 ] && { k -0 -- "-$pid" || k -0 "$pid"; }; }; }',
  'hit TERM; i=0; while alive && [ "$i" -lt 8 ]; do sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done',
  'if alive; then hit KILL; sleep 0.1 2>/dev/null || sleep 1; fi',
  'if alive; then say alive; else say ended; fi',
].join('; ');

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

/** The line that asks who the login is and how the server can bound a command. */
export const probeLine = (mark: string): CommandLine => ({ text: line(PROBE, [mark], false), mark });

/** The line that asks whether the login may act as root without a password. */
export const rootLine = (mark: string): CommandLine => ({ text: line(PROBE_ROOT, [mark], false), mark });

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
