/** The probe of `disk.largest`: one pass over a tree that sums it up on the server, so that only the largest come back. */

import type { Platform } from '@meshclaw/core';

// find visits a directory after what is in it (-depth), so a sum for each level on the way down is all that is kept:
// memory does not grow with the tree. Up to 500,000 names with hard links are remembered. Sizes are
// 512-byte blocks in use.
// A line is `type blocks bytes links device:inode mtime depth path//`; newlines inside names have become \\001. No path
// that find prints holds //, so a line that does not end with it was cut when find was stopped.
const SUM = `awk '
function keep(kind, n, blocks, bytes, mtime,   i, path) {
  if (n < top) i = ++n
  else if (blocks <= size[kind, n]) return n
  else i = n
  match($0, /^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ /)
  path = substr($0, RLENGTH + 1, length($0) - RLENGTH - 2)
  for (; i > 1 && size[kind, i - 1] < blocks; i--) { size[kind, i] = size[kind, i - 1]; row[kind, i] = row[kind, i - 1] }
  size[kind, i] = blocks
  if (length(path) > 4096) path = substr(path, 1, 4095) "\\001"
  row[kind, i] = sprintf("%.0f\\t%.0f\\t%s\\t%s", blocks / 2, bytes, mtime, path)
  return n
}
BEGIN { top = ENVIRON["TOP"] + 0; device = ENVIRON["DEVICE"] }
{
  if (NF < 8 || substr($0, length($0) - 1) != "//") { odd++; next }
  blocks = $2 + 0; depth = $7 + 0
  entries++
  # Where another filesystem is mounted its root is met but not entered; it is no part of this one.
  if (index($5, device ":") != 1) { others++; next }
  if ($1 == "d") { blocks += sum[depth + 1]; sum[depth + 1] = 0; dirs = keep("d", dirs + 0, blocks, 0, $6) }
  else {
    if ($4 > 1) {
      if ($5 in seen) { repeated++; next }
      if (links < 500000) { seen[$5]; links++ } else unchecked++
    }
    if ($1 == "f") { count++; regular = keep("f", regular + 0, blocks, $3, $6) }
  }
  sum[depth] += blocks
  if (depth == 0) whole = 1
}
END {
  # Stopped before the top of the tree, the sums of the levels are what has been seen so far.
  for (level in sum) total += sum[level]
  printf "total\\t%.0f\\t%d\\t%d\\t%d\\t%d\\t%d\\t%d\\n", total / 2, entries, count, repeated, unchecked, others, odd
  for (i = 1; i <= dirs; i++) print "d\\t" row["d", i]
  for (i = 1; i <= regular; i++) print "f\\t" row["f", i]
  printf "end\\t%d\\n", whole
}'`;

// GNU find prints all that is needed, and names end with NUL. Elsewhere stat(1) tells it for many names at once; its
// lines begin with //, which no path that find prints can hold, so a line without it goes on with a name that has a
// newline in it. Raw modes are hex on BusyBox and octal on the BSDs.
const GNU_LINES = `find "$1" -xdev -depth -printf '%y %b %s %n %D:%i %Ts %d %p//\\0'`;
const STAT_LINES = (stat: string) => `find "$1" -xdev -depth -exec ${stat} {} +`;
const JOIN = (directory: string, file: string) => `ROOT="$1" awk '
function flush(   path, n, mode, type) {
  if (entry == "") return
  if (entry !~ /\\/\\/$/ || !match(entry, /^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ /)) { print "cut"; return }
  path = substr(entry, RLENGTH + 1, length(entry) - RLENGTH - 2)
  type = entry ~ /^${directory} / ? "d" : entry ~ /^${file} / ? "f" : "o"
  n = split(path, parts, "/") - 1
  print type substr(entry, index(entry, " "), RLENGTH - index(entry, " ") + 1) (path == root ? 0 : n - base) " " path "//"
}
BEGIN { root = ENVIRON["ROOT"]; base = root == "/" ? 0 : split(root, parts, "/") - 1 }
/^\\/\\/[0-9a-f]/ { flush(); entry = substr($0, 3); next }
{ entry = entry "\\001" $0 }
END { flush() }'`;
const HEX = '[0-9a-f][0-9a-f][0-9a-f]';
const OCTAL = '[0-7][0-7][0-7][0-7]';

interface Walk {
  readonly device: string;
  readonly lines: string;
  readonly ready: string;
}
const WALKS: Readonly<Record<Platform['userland'], Walk>> = {
  gnu: { device: 'stat -c %d', lines: GNU_LINES, ready: "tr '\\n\\000' '\\001\\n'" },
  busybox: {
    device: 'stat -c %d',
    lines: STAT_LINES("stat -c '//%f %b %s %h %d:%i %Y %n//'"),
    ready: JOIN(`4${HEX}`, `8${HEX}`),
  },
  bsd: {
    device: 'stat -f %d',
    lines: STAT_LINES("stat -f '//%p %b %z %l %d:%i %m %N//'"),
    ready: JOIN(`4${OCTAL}`, `10${OCTAL}`),
  },
};

/** The constant script: `$1` the directory, `$2` how many of each to tell, `$3` after how many seconds to stop. What could not be read is counted on standard error. */
export function largestScript(userland: Platform['userland']): string {
  const { device, lines, ready } = WALKS[userland];
  return `LC_ALL=C; TZ=UTC0; export LC_ALL TZ
[ -d "$1" ] || { printf 'this is no directory that can be seen\\n' >&2; exit 1; }
# A symbolic link as the top is followed, none below it is.
[ ! -L "$1" ] || set -- "$(cd -P -- "$1" && pwd -P)" "$2" "$3"
DEVICE=$(${device} "$1") || exit 1; TOP=$2; export DEVICE TOP
bound=
if timeout --foreground 1 true 2>/dev/null; then bound="timeout --foreground $3"
elif timeout 1 true 2>/dev/null; then bound="timeout $3"; fi
printf 'filesystem\\t%s\\n' "$(df -P -k "$1" 2>/dev/null | tail -n 1)"
{ { $bound ${lines} 2>&3 3>&- | ${ready} 3>&- | ${SUM} 3>&-; } 3>&1 >&4 4>&- | ${COUNT_ERRORS} >&2 4>&-; } 4>&1`;
}

const COUNT_ERRORS = `awk '{ if (++n <= 10) first = first substr($0, 1, 300) "\\n" } END { printf "unreadable\\t%d\\n%s", n, first }'`;
