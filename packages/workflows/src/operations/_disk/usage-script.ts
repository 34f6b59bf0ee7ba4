/** The probe of `disk.usage`: df(1) in KiB and in inodes, and the mount table. */

// POSIX df -P prints one line a filesystem. It exits with 1 when one of them cannot be asked and still prints the
// others, so its exit code is told and not obeyed. Inodes: -P -i on GNU and BusyBox; the BSDs print them after the sizes.
/** Prints three sections, each begun by a line of its own, and `== end` last. */
export const USAGE_SCRIPT = `LC_ALL=C; export LC_ALL
printf '== sizes\\n'; df -P -k 2>/dev/null; printf '== sizes exit %s\\n' $?
printf '== inodes\\n'
case $(uname -s) in
  Darwin | FreeBSD) df -k -i 2>/dev/null ;;
  *) df -P -i 2>/dev/null ;;
esac
printf '== mounts\\n'; [ -r /proc/mounts ] && cat /proc/mounts
printf '== end\\n'`;
