import { readFileSync } from 'node:fs';
import type { Platform } from '@meshclaw/core';
import { exited } from '@meshclaw/core/testing';
import { describe, expect, it } from 'vitest';
import { DEBIAN } from '../_testing/index.js';
import { serviceFailed, serviceList, serviceRestart, serviceStatus, serviceUnit } from './service.js';

const SYSTEMD: Platform = { ...DEBIAN, init: 'systemd' };
const fixture = (name: string) =>
  readFileSync(new URL(`__fixtures__/${name}.txt`, import.meta.url), 'utf8').replace(/^#.*\n/, '');
const input = { unit: 'demo.service' };
const unit = (name: string) =>
  serviceUnit.output.parse(serviceUnit.parse(exited(fixture(`unit-${name}`)), input, SYSTEMD)._unsafeUnwrap());

describe('service.unit', () => {
  it('reads a service that runs', () => {
    expect(unit('active')).toEqual({
      unit: 'demo.service',
      load: 'loaded',
      active: 'active',
      sub: 'running',
      invocation: '38d180e3675a4cddbc28f10d112ddf16',
      type: 'simple',
      result: 'success',
      restarts: 0,
      enablement: 'enabled',
      description: 'Demonstration web service',
      aliases: [],
      loadError: null,
      restartPolicy: 'on-failure',
      mainPid: 39,
      lastExit: null,
      statusText: null,
      file: '/etc/systemd/system/demo.service',
      dropIns: ['/etc/systemd/system/demo.service.d/nice.conf'],
      needsReload: false,
      triggeredBy: [],
      triggers: [],
      conditionMet: true,
      changedAt: '2026-11-25T09:48:09.000Z',
      startedAt: '2026-11-25T09:48:09.000Z',
      activeSince: '2026-11-25T09:48:09.000Z',
      activeUntil: null,
      stoppedAt: null,
      mainStartedAt: '2026-11-25T09:48:09.000Z',
      mainEndedAt: null,
      clockAt: expect.stringMatching(/^2026-11-25T09:59:\d\d/),
    });
  });

  it.each([
    ['failed', { active: 'failed', result: 'exit-code', lastExit: { how: 'exited', status: 203 }, mainPid: null }],
    ['looping', { active: 'activating', sub: 'auto-restart', restarts: expect.any(Number) }],
    ['once', { active: 'inactive', type: 'oneshot', result: 'success', lastExit: { how: 'exited', status: 0 } }],
    ['masked', { load: 'masked', enablement: 'masked', loadError: expect.stringContaining('is masked') }],
    ['bad-setting', { load: 'bad_setting', active: 'inactive', startedAt: null, conditionMet: null }],
    ['alias', { unit: 'systemd-logind.service', aliases: ['dbus-org.freedesktop.login1.service'] }],
    ['socket', { unit: 'dbus.socket', type: null, restarts: null, triggers: ['dbus.service'] }],
    ['triggered', { triggeredBy: ['systemd-tmpfiles-clean.timer'], startedAt: null }],
    ['needs-reload', { load: 'loaded', active: 'active', needsReload: true }],
  ])('reads one that is %s', (name, told) => {
    expect(unit(name)).toMatchObject(told);
  });

  it('answers that there is no such unit, and makes no success of its defaults', () => {
    expect(unit('not-found')).toMatchObject({
      ...{
        unit: 'nope.service',
        load: 'not_found',
        active: 'inactive',
        invocation: null,
        result: null,
        restarts: null,
      },
      loadError: expect.stringContaining('not found'),
    });
  });

  it('does not call a service gone whose file alone is', () => {
    expect(unit('orphaned')).toMatchObject({ load: 'not_found', active: 'active', sub: 'running' });
  });

  it.each([
    ['is empty', ''],
    ['lost its end', fixture('unit-active').replace(/^Clock=.*\n/m, '')],
    ['has no state', fixture('unit-active').replace(/^ActiveState=.*\n/m, '')],
    ['has a state that nobody knows', fixture('unit-active').replace('=active', '=napping')],
    ['tells a property twice', fixture('unit-active').replace('Id=', 'Id=other.service\nId=')],
    ['has a line that is no property', fixture('unit-active').replace('Id=', '\u001b[0m\nId=')],
    ['has a time in another zone', fixture('unit-active').replaceAll(' UTC', ' CET')],
    ['has words for a count', fixture('unit-active').replace('NRestarts=0', 'NRestarts=many')],
    ['is a message instead', 'System has not been booted with systemd as init system (PID 1).\n'],
  ])('is no answer when the output %s', (_, text) => {
    const parsed = serviceUnit.parse(exited(text), input, SYSTEMD);
    expect(parsed._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });

  it('lets no state through that is more than a word', () => {
    const text = fixture('unit-active').replace('SubState=running', 'SubState=running; rm -rf /');
    const parsed = serviceUnit.parse(exited(text), input, SYSTEMD)._unsafeUnwrap();
    expect(serviceUnit.output.safeParse(parsed).success).toBe(false);
  });

  it('asks for neither command lines nor environment', () => {
    const action = serviceUnit.action(input, SYSTEMD);
    expect(JSON.stringify(action)).not.toMatch(/ExecStart\b|Environment/);
  });
});

describe('service.status', () => {
  it('reads a service that runs and tells it as facts', () => {
    const state = serviceStatus.parse(exited(fixture('status-active')), input, SYSTEMD)._unsafeUnwrap();
    const output = serviceStatus.output.parse(state);
    expect(output).toMatchObject({ unit: 'demo.service', load: 'loaded', active: 'active', restarts: 0 });
    expect(serviceStatus.facts?.(output, input)).toEqual([
      { name: 'service.state:demo.service', value: 'active' },
      { name: 'service.restarts:demo.service', value: 0 },
    ]);
  });

  it('tells a missing unit as missing and no count', () => {
    const { facts } = serviceStatus;
    expect(facts?.(unit('not-found'), input)).toEqual([{ name: 'service.state:nope.service', value: 'not_found' }]);
    expect(facts?.(unit('orphaned'), input)).toContainEqual({ name: 'service.state:orphan.service', value: 'active' });
  });
});

describe('lists of units', () => {
  const list = (name: string, operation: typeof serviceList | typeof serviceFailed) =>
    operation.output.parse(operation.parse(exited(fixture(name)), {}, SYSTEMD)._unsafeUnwrap());

  it('hold every service in memory, and none that only others name', () => {
    const { system, units } = list('units', serviceList);
    expect(system).toBe('degraded');
    expect(units.length).toBeGreaterThan(30);
    expect(units).toContainEqual(expect.objectContaining({ unit: 'demo.service', active: 'active' }));
    expect(units.filter(({ load }) => load === 'not_found')).toEqual([]);
    expect(fixture('units')).toContain('LoadState=not-found');
  });

  it('hold what has failed', () => {
    const { failedCount, units } = list('units-failed', serviceFailed);
    expect(failedCount).toBe(2);
    expect(units.map(({ unit: name, result }) => [name, result])).toEqual([
      ['oddlog.service', 'exit-code'],
      ['broken.service', 'exit-code'],
    ]);
  });

  it('are empty only when the manager says that nothing has failed', () => {
    expect(list('units-failed-none', serviceFailed)).toMatchObject({ system: 'running', failedCount: 0, units: [] });
    for (const text of ['', '== units\n== end\n', fixture('units-failed-none').replace('== end\n', '')]) {
      const parsed = serviceFailed.parse(exited(text), {}, SYSTEMD);
      expect(parsed._unsafeUnwrapErr().kind).toBe('unparseable_output');
    }
  });
});

describe('a server without systemd', () => {
  it.each(['openrc', 'launchd', 'none'] as const)('is unsupported with the reason: %s', (init) => {
    const platform = { ...DEBIAN, init };
    const observed = { unit: 'demo.service', load: 'loaded', active: 'active', sub: 'running', invocation: null };
    for (const action of [
      serviceStatus.action(input, platform),
      serviceUnit.action(input, platform),
      serviceList.action({}, platform),
      serviceFailed.action({}, platform),
      serviceRestart.action(input, platform, observed),
    ])
      expect(action).toEqual({ kind: 'unsupported', reason: expect.stringContaining('systemd') });
  });
});
