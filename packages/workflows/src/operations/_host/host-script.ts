/** The probe of `host.facts`: constant POSIX sh, one `key=value` a line, `end=1` last. */

// Values are cut at their first line, so that none can add a key. What a system lacks prints no line.
// Sources: proc(5), os-release(5), sd_booted(3), cgroups(7); sysctl(3), vm_stat(1) and sw_vers(1) of macOS.
/** Works in dash, bash, BusyBox ash and zsh; on Linux, macOS and FreeBSD. */
export const HOST_SCRIPT = `LC_ALL=C; export LC_ALL
newline='
'
put() { [ -z "$2" ] || printf '%s=%s\\n' "$1" "\${2%%"$newline"*}"; }
has() { command -v "$1" >/dev/null 2>&1; }
word() { [ -r "$2" ] && read -r value < "$2" 2>/dev/null && put "$1" "$value"; }
control() { has sysctl && put "$1" "$(sysctl -n "$2" 2>/dev/null)"; }
system=$(uname -s)
put system "$system"
put hostname "$(uname -n)"
put kernel "$(uname -r)"
put architecture "$(uname -m)"
put cpus "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null)"
put now "$(date -u +%s)"
for file in /etc/os-release /usr/lib/os-release; do
  [ -r "$file" ] || continue
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in ID=* | VERSION_ID=* | PRETTY_NAME=*) put "release.\${line%%=*}" "\${line#*=}" ;; esac
  done < "$file"
  break
done
has sw_vers && put release.macos "$(sw_vers -productVersion 2>/dev/null)"
if [ -r /proc/meminfo ]; then
  while read -r key value unit; do
    case $key in MemTotal: | MemFree: | MemAvailable: | Buffers: | Cached: | SwapTotal: | SwapFree:) put "meminfo.\${key%:}" "$value" ;; esac
  done < /proc/meminfo
else
  control memsize hw.memsize
  control physmem hw.physmem
  control swapusage vm.swapusage
  if has vm_stat; then
    vm_stat 2>/dev/null | while IFS= read -r line; do
      case $line in
        *'page size of'*) put vm_stat.page_size "$line" ;;
        'Pages free:'* | 'Pages inactive:'* | 'Pages speculative:'* | 'Pages purgeable:'*) put "vm_stat.\${line%%:*}" "\${line#*:}" ;;
      esac
    done
  fi
fi
word limit.v2 /sys/fs/cgroup/memory.max
word limit.v1 /sys/fs/cgroup/memory/memory.limit_in_bytes
if [ -r /proc/loadavg ]; then word load /proc/loadavg; else control load vm.loadavg; fi
if [ -r /proc/uptime ]; then word uptime /proc/uptime; else control boottime kern.boottime; fi
word boot_id /proc/sys/kernel/random/boot_id
[ "$system" = Darwin ] && control boot_id kern.bootsessionuuid
if [ -d /run/systemd/system ]; then put init systemd
elif [ "$system" = Darwin ]; then put init launchd
elif [ -d /run/openrc ] || has rc-service; then put init openrc
else put init none; fi
if has apt-get; then put packages apt
elif has apk; then put packages apk
elif has dnf; then put packages dnf
elif has pacman; then put packages pacman
elif has opkg; then put packages opkg
else put packages none; fi
case $system in
  Darwin | FreeBSD) put userland bsd ;;
  *)
    case $(stat --version 2>/dev/null)$(find --version 2>/dev/null) in
      *coreutils*findutils*) put userland gnu ;;
      *) case $(stat --help 2>&1) in *BusyBox*) put userland busybox ;; esac ;;
    esac ;;
esac
put end 1`;
