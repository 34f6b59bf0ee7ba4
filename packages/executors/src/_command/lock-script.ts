/**
 * Keeps one change at a time on a machine, whoever makes it: flock(1) on one file, held by a process that ends when its
 * standard input does (the controller is done, or gone) or when its time is over. POSIX sh: a constant text whose parameters
 * are words, without quotes, exclamation marks, backslashes and line ends, so that single quotes hold it in every login shell.
 */

/** What the script says after its mark: it has the lock, somebody else has it, or there is no such thing here. */
export type LockAnswer = { readonly is: 'held' | 'unsupported' } | { readonly is: 'busy'; readonly owner: string };

/**
 * Parameters: mark, seconds, bound (`kill`, `term`, `none`), owner. /run/lock where everybody may write there, else /tmp: every
 * account comes to the same answer. The file is opened for reading alone, because the kernel keeps other accounts from creating
 * over it (fs.protected_regular), and nothing is ever written into it. The owner is a word of the holder's command line.
 */
export const HOLD = [
  'mark=$1 limit=$2 bound=$3 who=$4 tag=meshclaw-lock',
  'say() { echo; echo "@@$mark $1"; }',
  'dir=/tmp; if [ -k /run/lock ] && [ -w /run/lock ]; then dir=/run/lock; fi',
  'file=$dir/meshclaw-changes.lock',
  'command -v flock >/dev/null 2>&1 || { say unsupported; exit 0; }',
  '[ -e "$file" ] || (umask 022; set -C; : >"$file") 2>/dev/null',
  'if [ -h "$file" ]; then say unsupported; exit 0; fi',
  '[ -f "$file" ] && [ -r "$file" ] || { say unsupported; exit 0; }',
  'exec 9<"$file"',
  'if flock -n 9; then say held; else all=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr -c "[:graph:]" " "); owner=unknown last=; set -f; for word in $all; do if [ "$last" = "$tag-held" ]; then owner=$word; fi; last=$word; done; say "busy $owner"; exit 0; fi',
  'touch "$file" 2>/dev/null',
  'case $bound in kill) set -- timeout -k 1 "$limit";; term) set -- timeout "$limit";; *) set --;; esac',
  'exec "$@" sh -c "cat >/dev/null" "$tag-held" "$who"',
].join('; ');

/** Reads what it said; undefined for anything else. */
export function lockAnswer(said: string | undefined): LockAnswer | undefined {
  if (said === 'held' || said === 'unsupported') return { is: said };
  const [, owner] = /^busy (\S+)$/.exec(said ?? '') ?? [];
  return owner === undefined ? undefined : { is: 'busy', owner };
}

/** One plain word of at most 128 characters, so that it can stand in a command line and be read back from it. */
export const ownerWord = (owner: string): string => owner.replace(/[^A-Za-z0-9._:@/-]/g, '_').slice(0, 128) || '_';
