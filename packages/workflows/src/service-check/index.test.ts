import { readFileSync } from 'node:fs';
import type { Action, Exited } from '@meshclaw/core';
import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { meshOn, targetOf } from '../_testing/index.js';
import { serviceCheck } from './index.js';

const fixture = (name: string) =>
  readFileSync(new URL(`../operations/__fixtures__/${name}`, import.meta.url), 'utf8').replace(/^#.*\n/, '');
const nothing = exited('', 0, 'journal=readable\nlines=0\nmore=0\ncut=0\n');
const odd = (more = 0) => exited(fixture('journal.jsonl'), 0, `journal=readable\nlines=10\nmore=${more}\ncut=0\n`);
const isJournal = (action: Action) => action.kind === 'command' && (action.argv[2]?.includes('journalctl') ?? false);

/** A server on which the unit is what was captured, or is this text. */
async function check(unit: string, journal: (action: Action) => Exited = () => nothing, service = 'demo') {
  const text = unit.includes('\n') ? unit : fixture(`unit-${unit}.txt`);
  const executor = createScriptedExecutor(async (action) => ok(isJournal(action) ? journal(action) : exited(text)));
  const server = { ...targetOf('web1', 'scripted'), platform: { init: 'systemd' as const } };
  const { agent } = meshOn([executor], [server]);
  const report = await agent.run(serviceCheck, { server: 'web1', service });
  const words = executor.performances.flatMap(({ action }) => (action.kind === 'command' ? [action.argv] : []));
  if (report.status === 'failed') throw new Error(JSON.stringify(report.problems));
  return { report, ids: report.findings.map(({ id, severity }) => [id, severity]), words };
}
/** The unit of the journal's fixture, as one that runs in the same invocation. */
const LOGGING = fixture('unit-active.txt')
  .replace(/^Id=.*$/m, 'Id=oddlog.service')
  .replace(/^InvocationID=.*$/m, 'InvocationID=2ecb2566f53e407ea38a1b4b1d417151');

describe('service-check', () => {
  it('finds nothing wrong with a service that runs, and reads its log from its start on', async () => {
    const { report, ids, words } = await check('active');
    expect([report.status, ids, report.next]).toEqual(['ok', [], []]);
    expect(report.data).toMatchObject({
      unit: { unit: 'demo.service', active: 'active', dropIns: ['/etc/systemd/system/demo.service.d/nice.conf'] },
      journal: { readAs: 'root', since: '2026-11-25T09:48:09.000Z', answer: 'no_entries', entries: [] },
    });
    expect(words.at(-1)?.slice(4)).toEqual(['100', 'newest', '--unit=demo.service', '--since=@1795600089']);
  });

  it('says why a service has failed and suggests a restart with the effect policy gives it', async () => {
    const { report, ids } = await check('failed');
    expect(ids).toEqual([['service.failed', 'high']]);
    expect(report.findings[0]).toMatchObject({
      title: 'broken.service has failed',
      detail: expect.stringContaining('exited with 203, its program could not be run'),
      facts: { unit: 'broken.service', last_status: 203 },
    });
    expect(report.findings[0]?.evidence.length).toBeGreaterThan(0);
    expect(report.next).toEqual([
      {
        operation: 'service.restart',
        target: 'web1',
        input: { unit: 'broken.service' },
        why: 'it is to run and does not',
        effect: 'approval_required',
      },
    ]);
  });

  it.each(['looping', 'looping-running'])(
    'is not deceived by a service that runs between two falls: %s',
    async (name) => {
      const { ids, report } = await check(name);
      expect(ids).toEqual([['service.restarting', 'high']]);
      expect(report.next).toEqual([]);
    },
  );

  it.each([
    ['once', []],
    ['triggered', []],
    ['socket', []],
    ['alias', []],
    ['not-found', [['service.not_found', 'medium']]],
    ['orphaned', [['service.orphaned', 'medium']]],
    ['masked', [['service.masked', 'low']]],
    ['bad-setting', [['service.not_loadable', 'high']]],
    ['needs-reload', [['service.needs_reload', 'low']]],
  ])('says of a unit that is %s: %j', async (name, findings) => {
    expect((await check(name)).ids).toEqual(findings);
  });

  it('never calls a unit that does not exist healthy, asks for no log of it, and suggests a look at what there is', async () => {
    const { report, words } = await check('not-found', undefined, 'nope');
    expect(report).toMatchObject({ status: 'findings', data: { unit: { load: 'not_found' }, journal: null } });
    expect(words).toHaveLength(1);
    expect(report.next).toMatchObject([{ operation: 'service.list', effect: 'read_state' }]);
  });

  const stopped = fixture('unit-active.txt')
    .replace('ActiveState=active', 'ActiveState=inactive')
    .replace('SubState=running', 'SubState=dead');

  it('says both of a service that has failed and whose file is gone, and suggests no restart', async () => {
    const { ids, report } = await check(fixture('unit-failed.txt').replace('=loaded', '=not-found'));
    expect(ids.map(([id]) => id)).toEqual(['service.not_found', 'service.failed']);
    expect(report.next).toMatchObject([{ operation: 'service.list' }]);
  });

  it('finds that an enabled service has been stopped, and nothing with a disabled one', async () => {
    const { ids, report } = await check(stopped);
    expect(ids).toEqual([['service.stopped', 'medium']]);
    expect(report.next).toMatchObject([{ operation: 'service.restart', input: { unit: 'demo.service' } }]);
    expect((await check(stopped.replace('=enabled', '=disabled'))).ids).toEqual([]);
    const kept = stopped.replace('ConditionResult=yes', 'ConditionResult=no');
    expect((await check(kept)).ids).toEqual([['service.condition_unmet', 'info']]);
  });

  it('forgets restarts that are over', async () => {
    const recovered = fixture('unit-active.txt').replace('NRestarts=0', 'NRestarts=7');
    const clock = /^Clock=(\d+)$/m.exec(recovered)?.[1];
    expect((await check(recovered)).ids).toEqual([]);
    const soon = recovered.replace(/^ActiveEnterTimestamp=.*$/m, 'ActiveEnterTimestamp=Wed 2026-11-25 09:55:00 UTC');
    expect([clock, (await check(soon)).ids]).toEqual([expect.any(String), [['service.restarting', 'high']]]);
  });

  it('counts the errors of this run and quotes none, and suggests a further read where there is more', async () => {
    const { report, ids } = await check(LOGGING, () => odd(1));
    expect(ids).toEqual([['service.errors_logged', 'low']]);
    expect(report.findings[0]?.facts).toMatchObject({ count: 2, of: 10 });
    expect(JSON.stringify(report.findings)).not.toContain('Failed to start');
    expect(report.next).toMatchObject([
      { operation: 'log.journal', input: { unit: 'oddlog.service', until: '2026-11-25T09:59:21.797Z', as: 'root' } },
    ]);
  });

  it('is not misled by what an earlier run has logged in the same second', async () => {
    const { report, ids } = await check('active', () => odd());
    expect(ids).toEqual([]);
    expect(report.data).toMatchObject({ journal: { answer: 'no_entries', entries: [] } });
  });

  it('leaves out what a process of an earlier run has logged that was gone before journald looked at it', async () => {
    const run = '2ecb2566f53e407ea38a1b4b1d417151';
    const earlier = 'd60fdf66f53e407ea38a1b4b1d417151';
    // As journald 252 writes them: what systemd says of a unit names the run, what such a process says does not.
    const entry = (message: string, invocation?: string) =>
      JSON.stringify({
        ...{ __REALTIME_TIMESTAMP: '1795600089000000', __CURSOR: 's=1', MESSAGE: message, PRIORITY: '3' },
        ...(invocation === undefined ? {} : { INVOCATION_ID: invocation }),
      });
    const lines = [
      entry('started', earlier),
      entry('old words'),
      entry('ended', earlier),
      entry('words before systemd said so'),
      entry('started', run),
      entry('dumped core', 'ffffff66f53e407ea38a1b4b1d417151'),
      entry('words'),
      entry('ended', run),
    ];
    const log = exited(
      `${lines.toReversed().join('\n')}\n`,
      0,
      `journal=readable\nlines=${lines.length}\nmore=0\ncut=0\n`,
    );
    const { report } = await check(LOGGING, () => log);
    expect(report.data?.journal?.entries.map(({ message }) => message)).toEqual([
      ...['words before systemd said so', 'started', 'words', 'ended'],
    ]);
  });

  it('reads the log as the login where root is not to be had, and says that it may not', async () => {
    const { report, ids } = await check('active', (action) =>
      action.kind === 'command' && action.as === 'root'
        ? exited('', 1, 'sudo: a password is required\n')
        : exited('', 0, 'journal=hidden\n'),
    );
    expect(report.problems).toEqual([]);
    expect(report.data).toMatchObject({ journal: { readAs: 'login', answer: 'no_access' } });
    expect(ids).toEqual([['log.no_access', 'low']]);
  });

  it('says that no journal is kept, and that not all of it could be read', async () => {
    expect((await check('active', () => exited('', 0, 'journal=absent\n'))).ids).toEqual([['log.no_journal', 'low']]);
    const cut = exited(fixture('journal.jsonl'), 0, 'journal=readable\nlines=12\nmore=0\ncut=1\n');
    const { ids, report } = await check(LOGGING, () => cut);
    expect(ids[0]).toEqual(['log.incomplete', 'low']);
    expect(report.findings[0]?.facts).toEqual({ unread: 2, cut: true });
  });

  it('has a problem and no journal where the log could not be read at all', async () => {
    const { report } = await check('active', () => exited('', 1, 'journal=readable\nFailed to open\n'));
    expect(report).toMatchObject({ status: 'partial', data: { journal: null }, problems: [{ kind: 'failed' }] });
  });

  it('knows nothing of a server that does not answer, or has no systemd', async () => {
    const gone = createScriptedExecutor(async () => err({ kind: 'unreachable', message: 'as the test says' }));
    const systemd = { ...targetOf('web1', 'scripted'), platform: { init: 'systemd' as const } };
    const silent = await meshOn([gone], [systemd]).agent.run(serviceCheck, { server: 'web1', service: 'demo' });
    expect(silent).toMatchObject({ status: 'failed', findings: [], problems: [{ kind: 'not_sent' }] });
    const alpine = { ...systemd, platform: { init: 'openrc' as const } };
    const other = await meshOn([gone], [alpine]).agent.run(serviceCheck, { server: 'web1', service: 'demo' });
    expect(other.problems).toMatchObject([{ kind: 'unsupported', reason: expect.stringContaining('OpenRC') }]);
  });

  it.each(['-x', 'a b', '*', 'getty@', '../x', 'a\nb'])('takes no service %j', async (service) => {
    const { agent } = meshOn([], [targetOf('web1', 'scripted')]);
    const report = await agent.run(serviceCheck, { server: 'web1', service });
    expect(report).toMatchObject({ status: 'failed', problems: [{ kind: 'invalid_input' }] });
  });
});
