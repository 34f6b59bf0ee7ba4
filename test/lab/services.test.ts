// Services on a real systemd, over ssh, with real policy, approvals and ledger.
import { commandRun, logJournal, serviceRestart, serviceStatus } from '@meshclaw/workflows/operations';
import { serviceCheck } from '@meshclaw/workflows/service-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Controller, createController, dataOf, refusalOf } from './controller.js';
import { useLab } from './index.js';
import { onHost } from './scenario.js';
import { scenario as badUser } from './scenarios/bad-user.js';
import { scenario as crashLoop } from './scenarios/crash-loop.js';
import { scenario as knownJournal, LINES } from './scenarios/known-journal.js';
import { scenario as missingExecStart } from './scenarios/missing-exec-start.js';

const lab = useLab(1);
let controller: Controller | undefined;
const here = (): Controller => {
  if (controller === undefined) throw new Error('there is no controller');
  return controller;
};
beforeAll(async () => {
  if (lab.isThere) {
    const host = lab.host(1);
    controller = await createController({ web1: { host, user: 'deploy' }, ops1: { host, user: 'ops' } });
  }
});
afterAll(() => controller?.close());

const UNIT = 'cron.service';
const stateOf = async () => (await here().agent.perform(serviceStatus, 'web1', { unit: UNIT }))._unsafeUnwrap().output;
const check = (service: string, server = 'web1') => here().agent.run(serviceCheck, { server, service });
const ids = (findings: readonly { readonly id: string }[]) => findings.map(({ id }) => id);

describe('a restart', () => {
  test('is asked for, approved with a key, done, verified, and never done twice', async () => {
    const { cli, key } = here();
    const before = await stateOf();
    const asked = await cli.run(['perform', 'service.restart', 'web1', `unit=${UNIT}`, '--json']);
    expect(asked.code).toBe(4);
    const { id, plan } = JSON.parse(asked.stdout).error.facts.approval;
    expect(await stateOf()).toEqual(before);
    expect(await cli.run(['approvals', 'grant', id, '--key', key.privateFile])).toMatchObject({ code: 0 });
    expect(await cli.run(['apply', plan, '--json'])).toMatchObject({ code: 0 });
    const after = await stateOf();
    expect(after.active).toBe('active');
    expect(after.invocation).not.toBe(before.invocation);
    const again = await cli.run(['apply', plan, '--json']);
    expect([again.code, JSON.parse(again.stdout).error.kind]).toEqual([5, expect.stringMatching(/stale|refused/)]);
    expect((await stateOf()).invocation).toBe(after.invocation);
    const told = (await here().mesh.ledger.find({ plan, limit: 100 }))._unsafeUnwrap().map(({ type }) => type);
    for (const type of ['approval.granted', 'approval.consumed', 'execution.intended', 'execution.finished'])
      expect(told.filter((one) => one === type)).toEqual([type]);
    expect((await here().mesh.ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  test('is stale when somebody else restarted the service after the yes', async () => {
    const { id, plan } = await here().ask(serviceRestart, 'web1', { unit: UNIT });
    await here().grant(id);
    await onHost(lab.host(1), `systemctl restart ${UNIT}`);
    const between = await stateOf();
    refusalOf('stale', await here().agent.apply(plan));
    expect((await stateOf()).invocation).toBe(between.invocation);
  });

  test.each(['ssh', 'systemd-journald.service'])('of a protected unit is not without a person: %s', async (unit) => {
    const refusal = refusalOf('approval_required', await here().agent.perform(serviceRestart, 'web1', { unit }));
    expect(refusal.decision.reasons.map(({ rule }) => rule)).toContain('service.protected_unit');
  });

  test('of a protected unit by another of its names is not done at all, and stopping it is denied', async () => {
    const before = (await here().agent.perform(serviceStatus, 'web1', { unit: 'ssh' }))._unsafeUnwrap().output;
    refusalOf('unsupported', await here().agent.perform(serviceRestart, 'web1', { unit: 'sshd' }));
    for (const argv of [
      ['systemctl', 'stop', 'ssh'],
      ['sudo', '-n', 'systemctl', 'stop', 'sshd.service'],
      ['sh', '-c', 'sudo systemctl disable --now ssh'],
    ] as const) {
      const { decision } = refusalOf(
        'denied',
        await here().agent.perform(commandRun, 'web1', { argv: [...argv] as [string, ...string[]] }),
      );
      expect(decision.reasons.map(({ rule }) => rule)).toContain('command.protected_unit');
    }
    const after = (await here().agent.perform(serviceStatus, 'web1', { unit: 'ssh' }))._unsafeUnwrap().output;
    expect(after).toEqual(before);
  });

  test('of a unit that does not exist is not even asked for', async () => {
    const refusal = refusalOf('unsupported', await here().agent.perform(serviceRestart, 'web1', { unit: 'nope' }));
    expect(refusal.reason).toBe('there is no such unit');
  });

  test('by an account without sudo is refused in words, and nothing is restarted', async () => {
    const before = await stateOf();
    const refusal = refusalOf('not_sent', await here().approved(serviceRestart, 'ops1', { unit: UNIT }));
    expect(refusal.error).toMatchObject({ kind: 'not_started', message: expect.stringContaining('sudo -n') });
    expect((await stateOf()).invocation).toBe(before.invocation);
  });

  test('by that account is done once the server grants it exactly this, by the drop-in that is printed', async () => {
    const printed = await here().cli.run(['server', 'sudoers', 'ops1', '--operation', 'service.restart', '--json']);
    const dropIn = JSON.parse(printed.stdout).drop_in_base64;
    const install = `umask 0227; echo ${dropIn} | base64 -d > /etc/sudoers.d/meshclaw && visudo -c`;
    await onHost(lab.host(1), install);
    const before = await stateOf();
    const done = await here().approved(serviceRestart, 'ops1', { unit: UNIT });
    const { invocation } = done._unsafeUnwrap().output;
    expect([invocation === before.invocation, (await stateOf()).invocation]).toEqual([false, invocation]);
  });
});

describe('service-check', () => {
  test('finds nothing wrong with a service that runs', async () => {
    const report = await check('cron');
    expect([report.status, ids(report.findings), report.problems]).toEqual(['ok', [], []]);
    expect(dataOf(report)).toMatchObject({ unit: { load: 'loaded', active: 'active' }, journal: { readAs: 'root' } });
  });

  test('says of a service whose program is missing that it has failed, and why', async () => {
    await lab.host(1).play(missingExecStart);
    const report = await check('reports');
    expect(report.findings[0]).toMatchObject({ id: 'service.failed', severity: 'high', facts: { last_status: 203 } });
    expect(dataOf(report)).toMatchObject({ unit: { lastExit: { how: 'exited', status: 203 } } });
  });

  test('says of a service whose account does not exist that it has failed, and why', async () => {
    await lab.host(1).play(badUser);
    const report = await check('exporter');
    expect(report.findings[0]).toMatchObject({ id: 'service.failed', facts: { last_status: 217 } });
    expect(report.findings[0]?.detail).toContain('its user could not be used');
  });

  test('says of a crash loop that the service has failed, with what it logged in its last run alone', async () => {
    await lab.host(1).play(crashLoop);
    const report = await check('worker');
    expect(ids(report.findings)).toContain('service.failed');
    const told = dataOf(report).journal?.entries.map(({ message }) => message) ?? [];
    expect(told.filter((message) => message?.includes('/etc/worker.conf'))).toHaveLength(2);
  });

  test('says of a unit that does not exist that there is none, and asks for no log', async () => {
    const report = await check('nope');
    expect(report).toMatchObject({
      status: 'findings',
      findings: [{ id: 'service.not_found' }],
      data: { unit: { load: 'not_found' }, journal: null },
    });
  });

  test('reads as an account without rights, and says that the log was closed to it', async () => {
    const report = await check('cron', 'ops1');
    expect(report).toMatchObject({
      status: 'findings',
      problems: [],
      findings: [{ id: 'log.no_access' }],
      data: { unit: { active: 'active' }, journal: { readAs: 'login', answer: 'no_access' } },
    });
  });
});

describe('log.journal', () => {
  const messages = (entries: readonly { readonly identifier: string | null; readonly message: string | null }[]) =>
    entries.filter(({ identifier }) => identifier === 'lab-journal').map(({ message }) => message);

  test('tells every line of a known journal, in order, with its priority and its bytes', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    await lab.host(1).play(knownJournal);
    const read = await here().agent.perform(logJournal, 'web1', { since, lines: 1000, as: 'root' });
    const { entries, cut, unread } = read._unsafeUnwrap().output;
    expect([cut, unread]).toEqual([false, 0]);
    const names = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
    expect(
      entries
        .filter(({ identifier }) => identifier === 'lab-journal')
        .map(({ priority, message }) => ({ priority: names.indexOf(priority ?? ''), message })),
    ).toEqual(LINES);
  });

  test('told page by page by cursor is the same as told at once', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    const all = (await here().agent.perform(logJournal, 'web1', { since, lines: 1000, as: 'root' }))._unsafeUnwrap();
    const first = all.output.entries.find(({ identifier }) => identifier === 'lab-journal');
    const told: (string | null)[] = [...messages(first ? [first] : [])];
    for (let cursor = first?.cursor; cursor !== undefined; ) {
      const page = await here().agent.perform(logJournal, 'web1', { cursor, lines: 2, as: 'root' });
      const { entries, more, cursor: next } = page._unsafeUnwrap().output;
      told.push(...messages(entries));
      cursor = more && next !== null && told.length < LINES.length ? next : undefined;
    }
    expect(told).toEqual(LINES.map(({ message }) => message));
  });

  test('keeps what is graver when a priority is asked for', async () => {
    const wanted = { since: new Date(Date.now() - 60_000).toISOString(), priority: 'err', as: 'root' } as const;
    const read = await here().agent.perform(logJournal, 'web1', wanted);
    expect(messages(read._unsafeUnwrap().output.entries)).toEqual(
      LINES.filter(({ priority }) => priority <= 3).map(({ message }) => message),
    );
  });
});
