/** The script behind `log.journal`: constant POSIX sh around journalctl(1). */

import type { JOURNAL_PRIORITIES } from '../../inputs.js';

/** Bytes of entries that leave the server: a thousand entries of the usual length several times over. */
const MOST_BYTES = 2_000_000;

// A field that is not printable text is told as an array of bytes, which no redaction would see through: awk writes it as
// text, with the bytes as they are, so that what leaves the server is text alone. In JSON a bare quote ends a string, so
// {"NAME": and ,"NAME": are names.
/** An awk program: prints at most `limit` lines and `most` bytes, fields of bytes as text, and tells on the other stream what it did. Holds no single quote. */
export const JOURNAL_FILTER = `function text(list,  count, i, code, out, codes) {
  count = split(list, codes, ",")
  for (i = 1; i <= count; i++) {
    code = codes[i] + 0
    if (code == 34 || code == 92) out = out "\\\\" sprintf("%c", code)
    else if (code < 32 || code == 127) out = out sprintf("\\\\u%04x", code)
    else out = out sprintf("%c", code)
  }
  return out
}
function plain(line,  done, name) {
  while (match(line, /[{,]"[A-Z0-9_]+":\\[[0-9]+(,[0-9]+)*\\]/)) {
    name = substr(line, RSTART, RLENGTH)
    done = done substr(line, 1, RSTART - 1) substr(name, 1, index(name, "[") - 1)
    done = done "\\"" text(substr(name, index(name, "[") + 1, length(name) - index(name, "[") - 1)) "\\""
    line = substr(line, RSTART + RLENGTH)
  }
  return done line
}
NR > limit { more = 1; next }
cut { next }
{ line = plain($0); bytes += length(line) + 1
  if (bytes > most) { cut = 1; next }
  print line; lines++ }
END { printf "lines=%d\\nmore=%d\\ncut=%d\\n", lines, more, cut | "cat >&2" }`;

// journalctl tells "no journal files" and "not allowed" in prose that differs between versions, so the files are looked at.
// With a cursor --lines tells the oldest entries after it; without one the newest are wanted, which takes --reverse:
// with --since alone systemd 252 tells the oldest, and 254 and later the newest.
/** Prints entries as JSON, one a line, and on the other stream `journal=`, `lines=` (printed), `more=` and `cut=`. `$1` is the number of lines, `$2` `newest` or `oldest`, the rest are options of journalctl. */
export const JOURNAL_SCRIPT = `LC_ALL=C; export LC_ALL
limit=$1 order=$2; shift 2
journal=absent
for folder in /run/log/journal /var/log/journal; do
  [ -d "$folder" ] || continue
  { [ -r "$folder" ] && [ -x "$folder" ]; } || { [ "$journal" = readable ] || journal=hidden; continue; }
  for file in "$folder"/*/system*.journal; do
    if [ -r "$file" ]; then journal=readable
    elif [ -e "$file" ] && [ "$journal" = absent ]; then journal=hidden; fi
  done
  for place in "$folder"/*/; do
    [ "$journal" = absent ] && [ -d "$place" ] && [ ! -x "$place" ] && journal=hidden
  done
done
printf 'journal=%s\\n' "$journal" >&2
[ "$journal" = readable ] || exit 0
[ "$order" = newest ] && set -- --reverse "$@"
exec 4>&1
code=$({ { journalctl --quiet --no-pager --output=json --lines=$((limit + 1)) \\
  --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_PID,_SYSTEMD_UNIT,UNIT,_SYSTEMD_INVOCATION_ID,INVOCATION_ID \\
  "$@" </dev/null 3>&- 4>&-; printf %s "$?" >&3; } |
  awk -v limit="$limit" -v most=${MOST_BYTES} '
${JOURNAL_FILTER}
' >&4 3>&-; } 3>&1)
[ "$code" = 0 ] || exit 1`;

/** What of a journal is wanted. Times are ISO 8601. */
export interface Wanted {
  readonly unit?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly priority?: (typeof JOURNAL_PRIORITIES)[number] | undefined;
  readonly cursor?: string | undefined;
  readonly lines: number;
}

/** The positional parameters of `JOURNAL_SCRIPT`. */
export function journalWords({ unit, since, until, priority, cursor, lines }: Wanted): readonly string[] {
  return [
    String(lines),
    cursor === undefined ? 'newest' : 'oldest',
    ...(unit === undefined ? [] : [`--unit=${unit}`]),
    ...(priority === undefined ? [] : [`--priority=${priority}`]),
    ...(cursor === undefined ? [] : [`--after-cursor=${cursor}`]),
    // "@" and seconds (systemd.time(7)): without it times are in the server's zone. Whole seconds, rounded outwards.
    ...(since === undefined ? [] : [`--since=@${Math.floor(Date.parse(since) / 1000)}`]),
    ...(until === undefined ? [] : [`--until=@${Math.ceil(Date.parse(until) / 1000)}`]),
  ];
}
