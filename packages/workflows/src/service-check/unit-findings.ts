/** What the properties of a unit mean. One table of ids, so that the same state is the same finding every time. */

import type { Finding } from '@meshclaw/core';
import type { Seen } from '../_findings/filling.js';
import type { Unit } from '../operations/service.js';

/** `title` goes on after the unit's name. */
type Said = Pick<Finding, 'id' | 'severity' | 'title' | 'detail'>;

/** The findings about one unit. What is over does not count: an earlier failure, or a restart of long ago. */
export function unitFindings(unit: Unit, { target, evidence }: Seen): readonly Finding[] {
  const { load, active, sub, result, restarts, enablement, lastExit, loadError } = unit;
  const facts = {
    ...{ unit: unit.unit, load, active, sub, result, restarts, enablement },
    ...{ last_exit: lastExit?.how ?? null, last_status: lastExit?.status ?? null, load_error: loadError },
  };
  const said = [loading(unit), running(unit), outdated(unit)].filter((one) => one !== undefined);
  return said.map((one) => ({ ...one, title: `${unit.unit} ${one.title}`, target, evidence, facts }));
}

/** Whether starting it anew could bring back what its owner wants: it has failed, or is enabled and stopped. */
export const mayHelpToRestart = (unit: Unit): boolean =>
  unit.load === 'loaded' && (unit.active === 'failed' || isStopped(unit));

function loading({ load, active }: Unit): Said | undefined {
  switch (load) {
    case 'loaded':
    case 'merged':
    case 'stub':
      return undefined;
    case 'not_found':
      return active === 'inactive' || active === 'failed'
        ? said('service.not_found', 'medium', 'does not exist', 'systemd finds no file of that name.')
        : said('service.orphaned', 'medium', 'runs, and its unit file is gone', 'Once stopped it cannot be started.');
    case 'masked':
      return said('service.masked', 'low', 'is masked', 'It cannot be started, by hand or by another unit.');
    case 'bad_setting':
    case 'error':
      return said('service.not_loadable', 'high', 'cannot be loaded', 'Its unit file holds what systemd refuses.');
  }
}

function running(unit: Unit): Said | undefined {
  switch (unit.active) {
    case 'failed':
      return said('service.failed', 'high', 'has failed', howItEnded(unit));
    case 'maintenance':
      return said('service.maintenance', 'medium', 'is under maintenance', 'systemd keeps it from running.');
    case 'inactive':
      return unit.load === 'loaded' ? stopped(unit) : undefined;
    case 'active':
    case 'reloading':
    case 'refreshing':
    case 'activating':
    case 'deactivating':
      return looping(unit) ?? changing(unit);
  }
}

const isStopped = ({ active, enablement, type, triggeredBy, conditionMet }: Unit): boolean =>
  active === 'inactive' &&
  (enablement === 'enabled' || enablement === 'enabled-runtime') &&
  type !== 'oneshot' &&
  triggeredBy.length === 0 &&
  conditionMet !== false;

function stopped(unit: Unit): Said | undefined {
  if (isStopped(unit))
    return said(
      'service.stopped',
      'medium',
      'is enabled and does not run',
      'It is started at boot, and was stopped or has ended.',
    );
  return unit.conditionMet === false
    ? said(
        'service.condition_unmet',
        'info',
        'was kept from starting by a condition',
        'Its file says when it is not to run.',
      )
    : undefined;
}

// A service that has run this long since systemd last started it again has recovered.
const RECOVERED_MS = 600_000;
// One start is chance; systemd's own limit is five in ten seconds (DefaultStartLimitBurst= of systemd-system.conf(5)).
const AGAIN_AND_AGAIN = 3;

function looping({ sub, restarts, activeSince, clockAt }: Unit): Said | undefined {
  const waits = sub.startsWith('auto-restart');
  const young = activeSince !== null && Date.parse(clockAt) - Date.parse(activeSince) < RECOVERED_MS;
  if (!waits && (restarts === null || restarts === 0 || !young)) return undefined;
  const severity = (restarts ?? 0) >= AGAIN_AND_AGAIN ? 'high' : 'medium';
  const detail = `systemd has started it again ${restarts ?? 0} times, and it has not run for ten minutes since.`;
  return said('service.restarting', severity, 'falls over and is started again', detail);
}

const changing = ({ active }: Unit): Said | undefined =>
  active === 'active'
    ? undefined
    : said('service.changing', 'info', `is ${active}`, 'Its state is about to change; ask again.');

const outdated = ({ needsReload }: Unit): Said | undefined =>
  needsReload
    ? said(
        'service.needs_reload',
        'low',
        'runs by files that have changed since',
        'It runs by the old ones until systemd is told to read them.',
      )
    : undefined;

// systemd.exec(5), "Process Exit Codes": what systemd itself says when it could not get as far as the program.
const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  200: 'its working directory could not be entered',
  203: 'its program could not be run (missing, or no program)',
  216: 'its group could not be used',
  217: 'its user could not be used',
  226: 'its view of the file system could not be set up',
};

function howItEnded({ result, lastExit }: Unit): string {
  const first = `Its last result is ${result ?? 'unknown'}`;
  if (lastExit === null) return `${first}.`;
  if (lastExit.how !== 'exited') return `${first}: the main process was ended by signal ${lastExit.status}.`;
  const meaning = EXIT_MEANINGS[lastExit.status];
  return `${first}: the main process exited with ${lastExit.status}${meaning ? `, ${meaning}` : ''}.`;
}

const said = (id: string, severity: Said['severity'], title: string, detail: string): Said => ({
  ...{ id, severity, title, detail },
});
