/**
 * What runs on the server, in POSIX sh: constant texts whose parameters are words. There is no quote, exclamation mark,
 * backslash or line end in them, so that single quotes hold them in every login shell.
 */

// Time for a command to tidy up after the TERM of its own bound.
const REMOTE_KILL_S = 2;
// `-word` is the word; `+word` has octal escapes. Command substitution drops line ends, so a point is put behind them.
const DECODE =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: expansions of the shell
  'n=$#; while [ "$n" -gt 0 ]; do case $1 in +*) w=$(printf %b. "${1#?}");; *) w=${1#?}.;; esac; shift; set -- "$@" "${w%.}"; n=$((n-1)); done';
const SAY = 'say() { echo; echo "@@$mark $1"; }';

/** Runs the words it is given. Whatever can fail before the command is started is said before "start"; the command replaces the script, so $$ is its id. */
export const RUN = [
  'mark=$1 as=$2 input=$3 limit=$4 bound=$5; shift 5',
  SAY,
  DECODE,
  'dir=$1; shift',
  'case $as in sudo) HOME=~root; export HOME;; esac',
  'if [ -n "$dir" ]; then cd "$dir" 2>/dev/null || { say no-directory; exit 125; }; fi',
  // Where it leads is what was approved: a link may lead elsewhere by now. Asked from inside, so that nothing moves in between.
  'case $dir in /*) [ "$(pwd -P)" = "$dir" ] || { say linked-directory; exit 125; };; esac',
  'case $1 in -*) ;; *) command -v "$1" >/dev/null 2>&1 || { say no-program; exit 127; };; esac',
  'case $as in ask) sudo -n -l -- "$@" >/dev/null 2>&1 </dev/null || { say no-root; exit 125; }; set -- sudo -n -- "$@";; esac',
  'case $input in no) exec </dev/null;; esac',
  'say "start $$"; { echo; echo "@@$mark start"; } >&2',
  `case $bound in kill) exec timeout -k ${REMOTE_KILL_S} "$limit" "$@";; term) exec timeout "$limit" "$@";; *) exec "$@";; esac`,
].join('; ');

/** Runs the first of its words as a script, which may hold any character and is told all of them, itself included. */
export const SCRIPT = [DECODE, 'exec /bin/sh -c "$1" meshclaw "$@"'].join('; ');

/** Says who the login is, and how a command can be bounded. */
export const PROBE = [
  'mark=$1',
  SAY,
  'b=none; if timeout -k 1 1 true; then b=kill; elif timeout 1 true; then b=term; fi 2>/dev/null',
  'say "login $(id -u) $b"',
].join('; ');

/** Says whether the login may act as root without a password. */
export const PROBE_ROOT = [
  'mark=$1',
  SAY,
  'a=none; if sudo -n -- /usr/bin/env true; then a=any; elif command -v sudo; then a=some; fi >/dev/null 2>&1 </dev/null',
  'say "root $a"',
].join('; ');

/** Ends everything that bears the mark in its environment, the group of the command, and the command: TERM, then KILL, then a look. */
export const STOP = [
  'mark=$1 own=$2 pid=$3 how=$4',
  'say() { echo; echo "@@$own $1"; }',
  'all() { grep -l "MESHCLAW_EXECUTION=$mark" /proc/[0-9]*/environ 2>/dev/null; }',
  'k() { case $how in ask) sudo -n -- kill "$@";; *) kill "$@";; esac 2>/dev/null; }',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: expansions of the shell
  'hit() { for f in $(all); do f=${f#/proc/}; k -s "$1" "${f%%/*}"; done; if [ "$pid" -gt 1 ]; then k -s "$1" -- "-$pid"; k -s "$1" "$pid"; fi; }',
  'alive() { [ -n "$(all)" ] || { [ "$pid" -gt 1 ] && { k -0 -- "-$pid" || k -0 "$pid"; }; }; }',
  'hit TERM; i=0; while alive && [ "$i" -lt 8 ]; do sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); done',
  'if alive; then hit KILL; sleep 0.1 2>/dev/null || sleep 1; fi',
  'if alive; then say alive; else say ended; fi',
].join('; ');
