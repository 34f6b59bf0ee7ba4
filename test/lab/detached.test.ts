// What comes of a change that goes on by itself, when session, network or host go away under it. Each host has a fault of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { commandRun } from '@meshclaw/workflows/operations';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { type Controller, createController, refusalOf } from './controller.js';
import { useLab } from './index.js';
import { onHost } from './scenario.js';
import { scenario as killedSession } from './scenarios/killed-session.js';

// A host that reboots boots meanwhile, on a machine that may have more to do.
vi.setConfig({ testTimeout: 120_000 });
const lab = useLab(3);
let controller: Controller | undefined;
const here = (): Controller => {
  if (controller === undefined) throw new Error('there is no controller');
  return controller;
};
beforeAll(async () => {
  if (!lab.isThere) return;
  controller = await createController({
    web1: { host: lab.host(1), user: 'deploy' },
    web2: { host: lab.host(2), user: 'deploy' },
    web3: { host: lab.host(3), user: 'root' },
  });
});
afterAll(() => controller?.close());

const FILE = '/var/tmp/runs';
/** Begins an approved command that notes that it began, waits and notes that it ended; it may take ten minutes. */
async function begin(server: string, seconds: number) {
  const argv: [string, ...string[]] = [
    'sh',
    '-c',
    `echo began >>${FILE}; sleep ${seconds}; echo ended >>${FILE}; exit 4`,
  ];
  const { id } = await here().ask(commandRun, server, { argv });
  await here().grant(id);
  // A promise in an object is not waited for here.
  return { ended: here().agent.perform(commandRun, server, { argv }) };
}
const linesOf = async (number: number) =>
  (await onHost(lab.host(number), `cat ${FILE} 2>/dev/null || true`)).split('\n').filter((line) => line !== '');
/** Asks again and again; the test's own time limit ends it. */
async function untilBegun(number: number): Promise<void> {
  while ((await linesOf(number)).length === 0) await sleep(100);
}
const kept = (number: number) =>
  onHost(lab.host(number), 'ls ~deploy/.meshclaw-executions /root/.meshclaw-executions 2>/dev/null || true');

describe('a change that goes on by itself', () => {
  test.concurrent('is read back when its session is killed, and was done once', async ({ expect }) => {
    const { ended } = await begin('web1', 2);
    await untilBegun(1);
    await lab.host(1).play(killedSession);
    expect((await ended)._unsafeUnwrap().output).toMatchObject({ exitCode: 4 });
    expect(await linesOf(1)).toEqual(['began', 'ended']);
    expect(await kept(1)).toBe('');
  });

  test.concurrent('is read back when its network was cut until after its end, and was done once', async ({
    expect,
  }) => {
    const { ended } = await begin('web2', 2);
    await untilBegun(2);
    await lab.host(2).cut();
    await sleep(4_000);
    await lab.host(2).heal();
    expect((await ended)._unsafeUnwrap().output).toMatchObject({ exitCode: 4 });
    expect(await linesOf(2)).toEqual(['began', 'ended']);
    expect(await kept(2)).toBe('');
  });

  test.concurrent('runs for root as a unit of its own, and is unknown when the host goes down under it', async ({
    expect,
  }) => {
    const { ended } = await begin('web3', 300);
    await untilBegun(3);
    const units = await onHost(lab.host(3), "systemctl list-units --plain --no-legend 'meshclaw-exec-*'");
    expect(units).toMatch(/^meshclaw-exec-[0-9a-z]{12}\.service/);
    await lab.host(3).run('systemctl reboot');
    expect(refusalOf('outcome_unknown', await ended).reason).toMatch(
      /^(the server went down|what watched over the command was ended)/,
    );
    expect(await linesOf(3)).toEqual(['began']);
  });
});
