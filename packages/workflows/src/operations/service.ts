/** Services, as systemd has them: their state by its properties, and restarting one. Servers without systemd are unsupported. */

import {
  defineChange,
  defineRead,
  type FactValue,
  type Platform,
  script,
  type Unsupported,
  unsupported,
} from '@meshclaw/core';
import { err, ok } from 'neverthrow';
import { z } from 'zod';
import { SystemdService, SystemdUnit } from '../inputs.js';
import { parseList, UnitList } from './_service/parse-list.js';
import { parseUnit, Unit } from './_service/parse-unit.js';
import {
  FAILED_SCRIPT,
  LIST_SCRIPT,
  observedWords,
  RESTART_SCRIPT,
  STATUS_SCRIPT,
  UNIT_SCRIPT,
} from './_service/scripts.js';
import { parseStatus, UnitState } from './_service/unit.js';
import { unparseable, wholeText } from './_text/read-text.js';

export type { Unit } from './_service/parse-unit.js';
export type { UnitState } from './_service/unit.js';

const READ_LIMITS = { timeoutMs: 15_000, maxOutputBytes: 65_536 };

/** Answers the state of one unit. A unit that does not exist is an answer: `load` is `not_found`. */
export const serviceStatus = defineRead({
  name: 'service.status',
  title: 'Read the state of a service',
  description:
    'Answers whether one systemd unit exists, is enabled and runs, its last result, how often it was started again by itself and which invocation it is. A missing unit is an answer. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  needs: ['init'],
  limits: READ_LIMITS,
  input: z.strictObject({ unit: SystemdUnit }),
  output: UnitState,
  action: ({ unit }, { init }) => onSystemd(init) ?? script(STATUS_SCRIPT, [unit]),
  parse: ({ stdout }) => wholeText(stdout).andThen(parseStatus),
  facts: factsOf,
});

/** Answers all of one unit but what may hold secrets: state, files, times, last exit. */
export const serviceUnit = defineRead({
  name: 'service.unit',
  title: 'Read all of a service',
  description:
    'Answers the state of one systemd unit with its files and drop-ins, its aliases and triggers, when it started and stopped, and how its main process ended. Leaves command lines and environment out. A missing unit is an answer. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  needs: ['init'],
  limits: READ_LIMITS,
  input: z.strictObject({ unit: SystemdUnit }),
  output: Unit,
  action: ({ unit }, { init }) => onSystemd(init) ?? script(UNIT_SCRIPT, [unit]),
  parse: ({ stdout }) => wholeText(stdout).andThen(parseUnit),
  facts: factsOf,
});

/** Answers every service that systemd has in memory: those that run, have failed, or are named by others. */
export const serviceList = defineRead({
  name: 'service.list',
  title: 'List the services',
  description:
    'Answers every service that systemd has in memory, with its state and how often it was started again by itself. Services that are installed and that nothing wants are not in memory. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  needs: ['init'],
  limits: { timeoutMs: 20_000, maxOutputBytes: 2_097_152 },
  input: z.strictObject({}),
  output: UnitList,
  action: (_input, { init }) => onSystemd(init) ?? script(LIST_SCRIPT, []),
  parse: ({ stdout }) =>
    wholeText(stdout)
      .andThen(parseList)
      // A name that others mention and that nobody installed is no service.
      .map((list) => ({
        ...list,
        units: list.units.filter(({ load, active }) => load !== 'not_found' || active !== 'inactive'),
      })),
});

/** Answers every unit of any type that has failed. */
export const serviceFailed = defineRead({
  name: 'service.failed',
  title: 'List what has failed',
  description:
    'Answers every systemd unit of any type (services, mounts, timers, sockets) that has failed, and the state of the whole system. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  needs: ['init'],
  limits: { timeoutMs: 20_000, maxOutputBytes: 1_048_576 },
  input: z.strictObject({}),
  output: UnitList,
  action: (_input, { init }) => onSystemd(init) ?? script(FAILED_SCRIPT, []),
  parse: ({ stdout }) => wholeText(stdout).andThen(parseList),
  facts: ({ failedCount, system }) => [
    { name: 'service.failed_count', value: failedCount },
    { name: 'service.system', value: system },
  ],
});

/** Restarts one service, if it is still in the invocation and state that were observed. Starts it when it was stopped. */
export const serviceRestart = defineChange({
  name: 'service.restart',
  class: 'write',
  title: 'Restart a service',
  description:
    'Stops one systemd service and starts it anew (or starts it, when it was stopped), if it is still in the state and invocation that were observed. Takes the unit by its own name only, never by an alias. Verified by a new invocation that is active.',
  on: 'server',
  via: 'command',
  needs: ['init'],
  // Stopping and starting may each take 90 s before systemd gives up (DefaultTimeoutStartSec= of systemd-system.conf(5)).
  limits: { timeoutMs: 200_000, maxOutputBytes: 65_536 },
  idempotent: false,
  dryRun: 'estimated',
  input: z.strictObject({ unit: SystemdService }),
  /** `invocation` is the one it runs in since. */
  output: z.strictObject({ unit: z.string(), invocation: z.string().regex(/^[0-9a-f]{32}$/) }),
  // Before `action`, so that TypeScript knows what `before` is.
  observes: {
    operation: serviceStatus,
    input: ({ unit }) => ({ unit }),
    pick: ({ unit, load, active, sub, invocation }) => ({ unit, load, active, sub, invocation }),
  },
  action: ({ unit }, { init }, before) =>
    onSystemd(init) ?? cannotRestart(unit, before) ?? script(RESTART_SCRIPT, [unit, observedWords(before)], 'root'),
  parse: ({ stdout }, { unit }) => {
    const invocation = /^restarted\nInvocationID=([0-9a-f]{32})\n$/.exec(stdout.text)?.[1];
    return invocation === undefined ? err(unparseable('the restart did not report')) : ok({ unit, invocation });
  },
  verify: {
    operation: serviceStatus,
    input: ({ unit }) => ({ unit }),
    holds: (after, { before }) =>
      after.invocation !== null &&
      after.invocation !== before.invocation &&
      (after.active === 'active' || hasEnded(after)),
    // Once: the script has waited already, and one that falls over again and again is active at times.
    attempts: 1,
    everyMs: 0,
  },
  undo: { none: 'a restart cannot be taken back: what the old processes held in memory is gone' },
});

/** A service that runs once is done when it has ended well. */
const hasEnded = ({ type, active, result }: UnitState): boolean =>
  type === 'oneshot' && active === 'inactive' && result === 'success';

function onSystemd(init: Platform['init']): Unsupported | undefined {
  switch (init) {
    case 'systemd':
      return undefined;
    case 'openrc':
      return unsupported('services are asked of systemd, and this server runs OpenRC');
    case 'launchd':
      return unsupported('services are asked of systemd, and this server runs launchd');
    case 'none':
      return unsupported('services are asked of systemd, and this server runs no init system');
  }
}

function cannotRestart(unit: string, before: Pick<UnitState, 'unit' | 'load'>): Unsupported | undefined {
  // Rules about units compare names: by an alias a protected unit would pass for another one.
  if (before.unit !== unit) return unsupported('the name is an alias; restart the unit by its own name');
  switch (before.load) {
    case 'loaded':
      return undefined;
    case 'not_found':
      return unsupported('there is no such unit');
    case 'masked':
      return unsupported('the unit is masked');
    case 'stub':
    case 'bad_setting':
    case 'error':
    case 'merged':
      return unsupported('systemd could not load the unit');
  }
}

function factsOf({ unit, load, active, restarts }: UnitState): readonly FactValue[] {
  return [
    { name: `service.state:${unit}`, value: load === 'not_found' && active === 'inactive' ? 'not_found' : active },
    ...(restarts === null ? [] : [{ name: `service.restarts:${unit}`, value: restarts }]),
  ];
}
