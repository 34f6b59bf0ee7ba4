/** Reads all that `service.unit` asks of a unit. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, Result } from 'neverthrow';
import { z } from 'zod';
import { unparseable, wholeNumber } from '../_text/read-text.js';
import { type Properties, readProperties, readTime } from './properties.js';
import { stateOf, UnitState } from './unit.js';

const Time = z.iso.datetime().nullable();
const Names = z.array(z.string());

/** What `service.unit` answers: the state, where it comes from and when it changed. Times are to the second. */
export const Unit = UnitState.extend({
  description: z.string().nullable(),
  aliases: Names,
  /** Why it could not be loaded. */
  loadError: z.string().nullable(),
  /** When systemd starts it again by itself: `no`, `always`, `on-failure` … */
  restartPolicy: z.string().nullable(),
  mainPid: z.int().positive().nullable(),
  /** How its last main process ended; `null` while that runs, or when there was none. `status` is an exit code, or a signal's number. */
  lastExit: z.strictObject({ how: z.enum(['exited', 'killed', 'dumped']), status: z.int().nonnegative() }).nullable(),
  /** What the service says of itself. */
  statusText: z.string().nullable(),
  file: z.string().nullable(),
  dropIns: Names,
  /** Its files have changed since systemd read them. */
  needsReload: z.boolean(),
  triggeredBy: Names,
  triggers: Names,
  /** False when a condition in its file kept it from starting; `null` when it was not looked at. */
  conditionMet: z.boolean().nullable(),
  changedAt: Time,
  /** The last time it left `inactive`: the beginning of its last start. */
  startedAt: Time,
  activeSince: Time,
  activeUntil: Time,
  stoppedAt: Time,
  mainStartedAt: Time,
  mainEndedAt: Time,
  /** The server's clock when it was asked: what its other times are to be compared with. */
  clockAt: z.iso.datetime(),
});
export type Unit = z.output<typeof Unit>;

const TIMES = {
  changedAt: 'StateChangeTimestamp',
  startedAt: 'InactiveExitTimestamp',
  activeSince: 'ActiveEnterTimestamp',
  activeUntil: 'ActiveExitTimestamp',
  stoppedAt: 'InactiveEnterTimestamp',
  mainStartedAt: 'ExecMainStartTimestamp',
  mainEndedAt: 'ExecMainExitTimestamp',
} as const;
type Times = Readonly<Record<keyof typeof TIMES, string | null>>;

/** Reads what `UNIT_SCRIPT` printed. Err kinds: `unparseable_output`. */
export function parseUnit(text: string): Result<Unit, ParseError> {
  return readProperties(text).andThen((properties) => {
    const clock = wholeNumber(properties.get('Clock'));
    if (clock === undefined) return err(unparseable('the probe did not reach its end'));
    const clockAt = new Date(clock * 1000).toISOString();
    return stateOf(properties).andThen((state) =>
      timesOf(properties).andThen((times) =>
        lastExitOf(properties).map((lastExit) => ({ ...state, ...detailsOf(properties), ...times, lastExit, clockAt })),
      ),
    );
  });
}

function detailsOf(properties: Properties) {
  const text = (name: string): string | null => properties.get(name) || null;
  // systemctl(1) prints lists with blanks between, and `[unprintable]` for an entry that holds one.
  const list = (name: string): string[] => (properties.get(name) ?? '').split(' ').filter((word) => word !== '');
  return {
    description: text('Description'),
    aliases: list('Names').filter((name) => name !== properties.get('Id')),
    loadError: text('LoadError'),
    restartPolicy: text('Restart'),
    mainPid: wholeNumber(properties.get('MainPID')) || null,
    statusText: text('StatusText'),
    file: text('FragmentPath'),
    dropIns: list('DropInPaths'),
    needsReload: properties.get('NeedDaemonReload') === 'yes',
    triggeredBy: list('TriggeredBy'),
    triggers: list('Triggers'),
    // Until it has been looked at systemd says no.
    conditionMet: text('ConditionTimestamp') === null ? null : text('ConditionResult') === 'yes',
  };
}

function timesOf(properties: Properties): Result<Times, ParseError> {
  const read = Object.entries(TIMES).map(([key, name]) =>
    readTime(properties.get(name)).map((time) => [key, time] as const),
  );
  return Result.combine(read).map((times) => Object.fromEntries(times) as unknown as Times);
}

// CLD_EXITED, CLD_KILLED and CLD_DUMPED of sigaction(2); 0 is none.
const ENDS = [undefined, 'exited', 'killed', 'dumped'] as const;

function lastExitOf(properties: Properties): Result<Unit['lastExit'], ParseError> {
  const code = properties.get('ExecMainCode');
  if (code === undefined || code === '0') return ok(null);
  const how = ENDS[wholeNumber(code) ?? 0];
  const status = wholeNumber(properties.get('ExecMainStatus'));
  return how === undefined || status === undefined
    ? err(unparseable('systemctl told no end of the main process'))
    : ok({ how, status });
}
