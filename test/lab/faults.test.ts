// What comes of a change when the network, the host or the session goes away under it. Each host has a fault of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { commandRun, hostFacts, hostReachability, serviceRestart } from '@meshclaw/workflows/operations';
import { status } from '@meshclaw/workflows/status';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { type Controller, createController, refusalOf } from './controller.js';
import { useLab } from './index.js';
import { onHost } from './scenario.js';
import { scenario as killedSession } from './scenarios/killed-session.js';

// A host that is given its power back boots meanwhile, on a machine that may have more to do.
vi.setConfig({ testTimeout: 90_000 });
const lab = useLab(3);
let controller: Controller | undefined;
const here = (): Controller => {
  if (controller === undefined) throw new Error('there is no controller');
  return controller;
};
beforeAll(async () => {
  if (!lab.isThere) return;
  const hosts = [1, 2, 3].map((number) => [`web${number}`, { host: lab.host(number), user: 'deploy' as const }]);
  controller = await createController(Object.fromEntries(hosts));
});
afterAll(() => controller?.close());

const DEADLINE_MS = 4_000;
/** Rejects when an answer takes longer than the deadline and two seconds. */
async function inTime<T>(work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer two seconds after the deadline')), DEADLINE_MS + 2_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An approved command that notes in a file that it began, waits, and notes that it ended. */
async function counted(server: string, file: string, seconds: number) {
  const input = { argv: ['sh', '-c', `echo began >> ${file}; sleep ${seconds}; echo ended >> ${file}`] } as const;
  const { id, plan } = await here().ask(commandRun, server, { argv: [...input.argv] });
  await here().grant(id);
  const limits = { timeoutMs: DEADLINE_MS };
  return { plan, ended: () => here().agent.perform(commandRun, server, { argv: [...input.argv] }, limits) };
}
const linesOf = async (number: number, file: string) =>
  (await onHost(lab.host(number), `cat ${file} 2>/dev/null || true`)).split('\n').filter((line) => line !== '');
/** Asks again and again; the test's own time limit ends it. */
async function until(fits: () => Promise<boolean>): Promise<void> {
  while (!(await fits())) await sleep(100);
}
const has = (number: number, file: string, lines: number) =>
  until(async () => (await linesOf(number, file)).length >= lines);
const answers = async (server: string) =>
  (await here().agent.perform(hostReachability, server, {}))._unsafeUnwrap().output.hostname;

describe('a host that says nothing any more', () => {
  test.concurrent('by a cut link: the outcome is unknown, nothing runs twice, and once healed the next command works', async ({
    expect,
  }) => {
    const { plan, ended } = await counted('web1', '/var/tmp/cut', 30);
    const end = ended();
    await has(1, '/var/tmp/cut', 1);
    await lab.host(1).cut();
    const refusal = refusalOf('outcome_unknown', await inTime(end));
    expect(refusal.reason).toMatch(/^(deadline reached|connection lost)/);
    const asked = here().agent.perform(hostReachability, 'web1', {}, { timeoutMs: DEADLINE_MS });
    expect(refusalOf('not_sent', await inTime(asked)).error.kind).toMatch(/^(unreachable|timed_out)$/);
    await lab.host(1).heal();
    await lab.host(1).ready();
    expect(await answers('web1')).toBe(lab.host(1).name);
    (await here().approved(commandRun, 'web1', { argv: ['touch', '/var/tmp/healed'] }))._unsafeUnwrap();
    refusalOf('refused', await here().agent.apply(plan));
    // The server's own bound has ended it, although nobody could tell it to.
    await until(async () => (await onHost(lab.host(1), 'pgrep -x sleep || true')) === '');
    expect(await linesOf(1, '/var/tmp/cut')).toEqual(['began']);
    const report = await here().agent.run(status, { server: 'web1' });
    expect(report.findings).toMatchObject([{ id: 'execution.unsettled', facts: { operation: 'command.run' } }]);
  });

  test.concurrent('by a freeze during a restart: unknown, restarted once, and never again by the same yes', async ({
    expect,
  }) => {
    const unit = `[Service]\nExecStartPre=/bin/sleep 2\nExecStart=/bin/sh -c "echo start >> /data/starts; exec sleep 1000"\n`;
    await onHost(
      lab.host(2),
      `printf '${unit}' > /etc/systemd/system/slow.service; systemctl daemon-reload; systemctl start slow`,
    );
    const { id, plan } = await here().ask(serviceRestart, 'web2', { unit: 'slow' });
    await here().grant(id);
    const end = here().agent.perform(serviceRestart, 'web2', { unit: 'slow' }, { timeoutMs: DEADLINE_MS });
    const state = () => onHost(lab.host(2), 'systemctl show -p SubState --value slow');
    await until(async () => (await state()) === 'start-pre\n');
    await lab.host(2).freeze();
    refusalOf('outcome_unknown', await inTime(end));
    const asked = here().agent.perform(hostReachability, 'web2', {}, { timeoutMs: DEADLINE_MS });
    expect(refusalOf('not_sent', await inTime(asked)).error.kind).toMatch(/^(unreachable|timed_out)$/);
    await lab.host(2).thaw();
    expect(await answers('web2')).toBe(lab.host(2).name);
    await has(2, '/data/starts', 2);
    refusalOf('stale', await here().agent.apply(plan));
    expect(await linesOf(2, '/data/starts')).toEqual(['start', 'start']);
  });

  test.concurrent('by power: it is unreachable, its last facts have an age, and back on it answers as another boot', async ({
    expect,
  }) => {
    const bootOf = async () => (await here().agent.perform(hostFacts, 'web3', {}))._unsafeUnwrap().output.bootId;
    const before = await bootOf();
    await lab.host(3).off();
    const kept = here().agent.perform(hostReachability, 'web3', {}, { timeoutMs: DEADLINE_MS });
    expect(refusalOf('not_sent', await inTime(kept)).error.kind).toMatch(/^(unreachable|timed_out)$/);
    // A process of its own has no connection kept.
    const { code, stdout } = await here().cli.run(['status', 'web3', '--json']);
    const report = JSON.parse(stdout);
    expect([code, report.data.servers]).toMatchObject([
      1,
      [{ state: 'unreachable', lastKnown: { ageSeconds: expect.any(Number) } }],
    ]);
    expect(report.findings).toMatchObject([
      { id: 'server.unreachable', severity: 'high', facts: { reason: 'unreachable' } },
    ]);
    await lab.host(3).on();
    expect(await bootOf()).not.toBe(before);
  });
});

describe('a command whose', () => {
  test.concurrent('host reboots is unknown at once, and the next one works when the host is back', async ({
    expect,
  }) => {
    const { ended } = await counted('web1', '/var/tmp/reboot', 30);
    const end = ended();
    await has(1, '/var/tmp/reboot', 1);
    await lab.host(1).run('systemctl reboot');
    expect(refusalOf('outcome_unknown', await inTime(end)).reason).toMatch(/^connection lost|without saying/);
    await until(async () => !(await lab.host(1).answers()));
    await lab.host(1).ready();
    expect(await answers('web1')).toBe(lab.host(1).name);
    expect(await linesOf(1, '/var/tmp/reboot')).toEqual(['began']);
  });

  test.concurrent('session is killed is unknown, runs on to its end, and is not begun again', async ({ expect }) => {
    const { ended } = await counted('web2', '/var/tmp/killed', 2);
    const end = ended();
    await has(2, '/var/tmp/killed', 1);
    await lab.host(2).play(killedSession);
    expect(refusalOf('outcome_unknown', await inTime(end)).reason).toMatch(/^connection lost/);
    expect(await answers('web2')).toBe(lab.host(2).name);
    await has(2, '/var/tmp/killed', 2);
    expect(await linesOf(2, '/var/tmp/killed')).toEqual(['began', 'ended']);
  });
});
