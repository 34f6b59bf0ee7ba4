/** The scripts behind the `service.*` operations: constant POSIX sh around systemctl(1), which is asked for properties and never for prose. */

/** What one look at a unit asks for. */
const STATUS = 'Id,LoadState,ActiveState,SubState,InvocationID,Type,Result,NRestarts,UnitFileState';
/** What `service.unit` asks for beyond that. Environment and command lines are left out: they hold secrets. */
const DETAILS =
  'Description,Names,LoadError,Restart,MainPID,ExecMainCode,ExecMainStatus,StatusText,FragmentPath,DropInPaths,NeedDaemonReload,TriggeredBy,Triggers,ConditionResult,ConditionTimestamp,StateChangeTimestamp,InactiveExitTimestamp,ActiveEnterTimestamp,ActiveExitTimestamp,InactiveEnterTimestamp,ExecMainStartTimestamp,ExecMainExitTimestamp';
/** What binds an approval of a restart, and what the restart compares again. */
const OBSERVED = 'Id,LoadState,ActiveState,SubState,InvocationID';

// Times are printed in the zone of the environment; UTC makes them one form on every version (systemd.time(7)).
const BEGIN = 'LC_ALL=C; TZ=UTC; export LC_ALL TZ';
const SHOW = 'systemctl show --no-pager';

/** Looks at the unit `$1`. The clock is the server's own and comes last. */
export const STATUS_SCRIPT = `${BEGIN}
${SHOW} --property=${STATUS} -- "$1" && printf 'Clock=%s\\n' "$(date -u +%s)"`;

/** Looks at all of the unit `$1` that `service.unit` tells. */
export const UNIT_SCRIPT = `${BEGIN}
${SHOW} --property=${STATUS},${DETAILS} -- "$1" && printf 'Clock=%s\\n' "$(date -u +%s)"`;

// The manager is asked as well: its answer is never empty, so that no units is not mistaken for no answer.
const LIST = (which: string) => `${BEGIN}
${SHOW} --property=Version,SystemState,NFailedUnits || exit 1
printf '== units\\n'
${SHOW} --all --property=${STATUS},Description ${which} || exit 1
printf '== end\\n'`;

/** Looks at every service that systemd has in memory. */
export const LIST_SCRIPT = LIST("-- '*.service'");
/** Looks at every unit of any type that has failed. */
export const FAILED_SCRIPT = LIST("--state=failed -- '*'");

// Compared in the same script that acts, so that as little as possible comes between. Exit 75 is "not what was
// observed". systemctl's own exit codes (4, 5 …) are all "could not", and must not be mistaken for 75.
// A program that falls over at once is active for a moment, and systemd starts it again 100 ms later
// (RestartSec= of systemd.service(5)); after two seconds that shows as another invocation.
/** Restarts the unit `$1` if it is still what `$2` says; exits 75 and does nothing otherwise. */
export const RESTART_SCRIPT = `${BEGIN}
told=$(${SHOW} --property=${OBSERVED} -- "$1") || exit 1
found=$(printf '%s\\n' "$told" | sort)
if [ "$found" != "$2" ]; then printf 'found:\\n%s\\n' "$found" >&2; exit 75; fi
systemctl --no-ask-password restart -- "$1" </dev/null || exit 1
first=$(${SHOW} --property=InvocationID -- "$1") || exit 1
sleep 2
second=$(${SHOW} --property=InvocationID -- "$1") || exit 1
if [ "$first" != "$second" ]; then printf 'it fell over and was started again\\n' >&2; exit 1; fi
printf 'restarted\\n%s\\n' "$second"`;

/** An observed unit as `RESTART_SCRIPT` compares it: its properties, sorted by name. */
export function observedWords(
  unit: Readonly<Record<'unit' | 'load' | 'active' | 'sub', string>> & { readonly invocation: string | null },
): string {
  return [
    `ActiveState=${unit.active}`,
    `Id=${unit.unit}`,
    `InvocationID=${unit.invocation ?? ''}`,
    `LoadState=${unit.load.replaceAll('_', '-')}`,
    `SubState=${unit.sub}`,
  ].join('\n');
}
