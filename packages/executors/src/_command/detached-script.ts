/**
 * Runs a command so that it outlives whoever asked for it, and tells what became of it later. One constant POSIX sh text for
 * every executor that runs commands; its parameters are words.
 *
 * `~/.meshclaw-executions/<execution>` belongs to the account alone. `begun` is made once, by whoever is first: the command's
 * keeper before it starts anything, or somebody who found that nothing had begun, after which nothing ever will. `end` appears
 * whole, by a rename, when the command has ended. Nothing is put on /run or /tmp: a reboot must not look like "never began".
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expansions of the shell

// Time for a command to tidy up after TERM, before KILL.
const TERM_S = 2;
// A daemon that the command left behind may hold its output open for ever; what was printed before is there at once.
const DRAIN_LOOKS = 10;
// What was read and could not be removed goes after a week; a week is also how long an end waits for somebody to read it.
const KEPT_DAYS = 7;
// Accounts with more of them than this run their commands undetached, which needs no place.
const MOST_KEPT = 256;

/** Whoever follows an execution this long after it was begun finds its folder, or can be sure that there never was one. */
export const SURE_MS = (KEPT_DAYS - 1) * 86_400_000;

const COMMON = `umask 077
src=$1 verb=$2 mark=$3 id=$4
if [ -z "$HOME" ]; then HOME=~root; export HOME; fi
base=$HOME/.meshclaw-executions dir=$base/$id
say() { printf '\\n@@%s %s\\n' "$mark" "$1"; printf '\\n@@%s %s\\n' "$mark" "$1" >&2; }
nap() { sleep "$1" 2>/dev/null || sleep 1; }
up() { now=; { read -r now rest </proc/uptime; } 2>/dev/null; case $now in [1-9]*) now=\${now%.*}\${now#*.};; *) now=$(date +%s)00;; esac; }
boot() { this=; { read -r this </proc/sys/kernel/random/boot_id; } 2>/dev/null || this=$(sysctl -n kern.boottime 2>/dev/null | tr ' ' _); }
born() {
  seen= text=
  if { IFS= read -r text <"/proc/$1/stat"; } 2>/dev/null; then
    set -- \${text##*) }
    case $1 in Z|X) ;; *) seen=\${20};; esac
  elif [ ! -r /proc/self/stat ]; then seen=$(ps -o lstart= -p "$1" 2>/dev/null | tr ' ' _); fi
}
alive() { pid= since= on=; { read -r pid since on <"$dir/$1"; } 2>/dev/null || return 1; [ "$on" = "$this" ] || return 1; born "$pid"; [ -n "$seen" ] && [ "$seen" = "$since" ]; }
note() { born "$2"; echo "$2 $seen $this" >"$dir/$1.new" && mv "$dir/$1.new" "$dir/$1"; }
hit() {
  for file in $(grep -l "MESHCLAW_EXECUTION=$id" /proc/[0-9]*/environ 2>/dev/null); do file=\${file#/proc/}; kill -s "$1" "\${file%%/*}" 2>/dev/null; done
  if alive command; then kill -s "$1" "$pid" 2>/dev/null; fi
}
finish() { hit TERM; i=0; while [ "$i" -lt ${TERM_S * 10} ] && busy; do nap 0.1; i=$((i+1)); done; hit KILL; }
enter() { cd "$work" || return 1; case $work in /*) [ "$(pwd -P)" = "$work" ];; esac; }
busy() { alive command || [ -n "$(grep -l "MESHCLAW_EXECUTION=$id" /proc/[0-9]*/environ 2>/dev/null)" ]; }
boot`;

/** Starts the keeper, in a unit of its own where systemd runs and the account is root: no log-out ends it there. */
const START = `start() {
  input=$1 limit=$2 blocks=$3 wait=$4 work=$5; shift 5
  if [ -n "$work" ]; then ( cd "$work" ) 2>/dev/null || { say no-directory; exit 125; }; ( enter ) || { say linked-directory; exit 125; }; fi
  command -v "$1" >/dev/null 2>&1 || { say no-program; exit 125; }
  command -v mkfifo >/dev/null 2>&1 && command -v mv >/dev/null 2>&1 || { say no-place; exit 125; }
  [ -d "$base" ] || mkdir "$base" 2>/dev/null
  { [ -d "$base" ] && [ ! -h "$base" ] && [ -O "$base" ] && [ -w "$base" ]; } || { say no-place; exit 125; }
  find "$base" -mindepth 1 -maxdepth 1 -name 'exec-*' -mtime +${KEPT_DAYS} -exec rm -rf {} + 2>/dev/null
  [ "$(ls "$base" | wc -l)" -lt ${MOST_KEPT} ] || { say no-place; exit 125; }
  if [ -d "$dir" ]; then say again; exit 125; fi
  # Whoever forgets the last one removes the folder of all.
  mkdir "$dir" 2>/dev/null || { mkdir "$base"; mkdir "$dir"; } 2>/dev/null || { if [ -d "$dir" ]; then say again; else say no-place; fi; exit 125; }
  none() { rm -rf "$dir"; say no-place; exit 125; }
  { if [ "$input" = yes ]; then cat >"$dir/in"; fi; } || none
  { printf '%s\\n' "$limit" "$blocks" "$input" "$work"; } >"$dir/how" || none
  for word; do { printf '%s' "$word" | od -An -v -to1 | tr -d '\\n'; echo; } | sed 's/ *$//; s/  */\\\\0/g' || none; done >"$dir/words" || none
  printf '%s\\n' "$src" >"$dir/go" || none
  set -- /usr/bin/env -i HOME="$HOME" PATH="$PATH" LC_ALL=C /bin/sh "$dir/go" - keep - "$id"
  unit=no
  case $dir in *[!A-Za-z0-9/._-]*) ;; *)
    if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ] && systemd-run --quiet --collect --unit="meshclaw-$id" -p KillMode=process -p OOMPolicy=continue -- "$@" </dev/null >/dev/null 2>&1; then unit=yes; fi;;
  esac
  if [ "$unit" = no ]; then
    setsid -f "$@" </dev/null >/dev/null 2>&1 || {
      if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
      "$@" </dev/null >/dev/null 2>&1 &
    }
  fi
  i=0; while [ ! -d "$dir/begun" ] && [ "$i" -lt 100 ]; do nap 0.0$((i/20+1)); i=$((i+1)); done
  if mkdir "$dir/begun" 2>/dev/null || [ -f "$dir/never" ]; then say not-begun; exit 125; fi
  follow "$wait"
}`;

/** The keeper: starts the command, keeps what it prints within bounds, ends it when its time is over, and writes down its end. */
const KEEP = `keep() {
  cd "$dir" && mkdir begun 2>/dev/null || exit 125
  note keeper "$$"
  { read -r limit; read -r blocks; read -r input; IFS= read -r work; } <how
  set --
  while read -r bytes; do
    text=
    for byte in $bytes; do text="$text\\\\0$byte"; done
    word=$(printf '%b.' "$text"); set -- "$@" "\${word%.}"
  done <words
  rm -f words
  lock=/tmp; if [ -k /run/lock ] && [ -w /run/lock ]; then lock=/run/lock; fi
  lock=$lock/meshclaw-changes.lock
  if command -v flock >/dev/null 2>&1 && [ -f "$lock" ] && [ ! -h "$lock" ] && [ -r "$lock" ]; then exec 9<"$lock"; flock 9 & waits=$!; fi
  mkfifo o e || exit 125
  take o out 9<&- & out=$!
  take e err 9<&- & err=$!
  from=/dev/null; if [ "$input" = yes ]; then from=in; fi
  up; first=$now
  ( exec 9<&-; trap 'kill "$s" 2>/dev/null; exit 0' TERM; sleep "$limit" & s=$!; wait "$s"; : >late; finish ) & dog=$!
  (
    own=; { read -r own text </proc/self/stat; } 2>/dev/null || own=$(sh -c 'echo $PPID')
    note command "$own"
    exec 9<&- <"$from" >o 2>e
    [ -z "$work" ] || enter || exit 125
    if [ -e "$dir/stopped" ]; then exit 125; fi
    MESHCLAW_EXECUTION=$id; export MESHCLAW_EXECUTION
    exec "$@"
  )
  code=$?
  if [ -e late ]; then wait "$dog"; else kill "$dog" 2>/dev/null; fi
  if [ -e stopped ]; then finish; fi
  i=0; while [ ! -e out.done ] || [ ! -e err.done ]; do [ "$i" -lt ${DRAIN_LOOKS} ] || break; nap 0.05; i=$((i+1)); done
  open=0; if [ ! -e out.done ]; then open=$((open+1)); kill "$out"; fi; if [ ! -e err.done ]; then open=$((open+2)); kill "$err"; fi
  up; why=none; for one in stopped late flooded; do if [ -e "$one" ]; then why=$one; break; fi; done
  if [ -n "$waits" ]; then kill "$waits"; fi
  echo "$code $(((now-first)*10)) $why $open" >end.new && mv end.new end
}
take() {
  trap 'kill "$c" 2>/dev/null; exit 0' TERM
  exec 3<"$1"
  ( ulimit -c 0; ulimit -f "$blocks"; exec cat <&3 >"$2" ) & c=$!
  if wait "$c"; then : >"$2.done"; exit 0; fi
  if [ "$(wc -c <"$2")" -ge $((blocks*512)) ]; then : >flooded; finish; exit 0; fi
  cat <&3 >/dev/null & c=$!
  wait "$c"
}`;

/** What is asked later. Whoever finds that nothing had begun sees to it that nothing will. */
const ASK = `follow() {
  up; first=$now look=0 blank=0
  while :; do
    if [ ! -d "$dir" ]; then say gone; return; fi
    if [ -f "$dir/end" ]; then read -r code spent why open <"$dir/end"; say "ended $code $spent $why $open"; show; return; fi
    if [ "$look" -eq 0 ]; then
      if alive keeper || alive command; then blank=0
      elif [ -f "$dir/end" ]; then continue
      elif [ ! -f "$dir/keeper" ] && [ "$blank" -lt 20 ]; then blank=$((blank+1))
      else
        why=killed; on=; { read -r pid since on <"$dir/keeper"; } 2>/dev/null
        if [ -n "$on" ] && [ "$on" != "$this" ]; then why=rebooted; fi
        say "lost $why"; show; return
      fi
    fi
    up; gone=$(((now-first)*10))
    [ "$gone" -lt "$1" ] || { say running; return; }
    if [ "$gone" -lt 500 ]; then nap 0.02; look=$(((look+1)%10)); elif [ "$gone" -lt 5000 ]; then nap 0.1; look=$(((look+1)%5)); else nap 0.5; look=0; fi
  done
}
show() { cat "$dir/out" 2>/dev/null; cat "$dir/err" >&2 2>/dev/null; }
claim() {
  [ -d "$base" ] || mkdir "$base" 2>/dev/null
  [ -d "$dir" ] || mkdir "$dir" 2>/dev/null || { mkdir "$base"; mkdir "$dir"; } 2>/dev/null
  if [ ! -d "$dir" ]; then say unknown; exit 0; fi
  if mkdir "$dir/begun" 2>/dev/null; then
    : >"$dir/never"; up; case $(cat /proc/uptime 2>/dev/null) in '') say 'absent 0';; *) say "absent $((now*10))";; esac; exit 0
  fi
  if [ -f "$dir/never" ]; then up; case $(cat /proc/uptime 2>/dev/null) in '') say 'absent 0';; *) say "absent $((now*10))";; esac; exit 0; fi
}
case $verb in
  start) shift 4; start "$@";;
  keep) keep;;
  follow) claim; follow "$5";;
  stop) claim; : >"$dir/stopped"; finish; follow "$5";;
  forget) if [ -d "$dir" ] && [ -f "$dir/keeper" ] && alive keeper; then say running; else rm -rf "$dir"; rmdir "$base" 2>/dev/null; say forgotten; fi;;
esac`;

/** Parameters: this text, what is wanted (`start`, `follow`, `stop`, `forget`), mark, execution, then those of what is wanted. */
export const DETACHED = [COMMON, START, KEEP, ASK].join('\n');
