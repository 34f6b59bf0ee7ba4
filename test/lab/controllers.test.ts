// Many at once against one host: one controller's many commands, two processes of one home, two homes.
import { connect, type Socket } from 'node:net';
import type { StepReport } from '@meshclaw/core';
import { hostReachability, serviceRestart } from '@meshclaw/workflows/operations';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Controller, copyController, createController } from './controller.js';
import { useLab } from './index.js';
import { onHost } from './scenario.js';
import { scenario as defaultSshd, LIMITS } from './scenarios/default-sshd.js';

vi.setConfig({ testTimeout: 90_000 });
const lab = useLab(1);
const controllers: Controller[] = [];
const here = (): Controller => {
  const [first] = controllers;
  if (first === undefined) throw new Error('there is no controller');
  return first;
};
const another = async (made: Promise<Controller>): Promise<Controller> => {
  controllers.push(await made);
  return made;
};
const create = () => another(createController({ web1: { host: lab.host(1), user: 'deploy' } }));
beforeAll(async () => {
  if (lab.isThere) await create();
});
afterAll(() => Promise.all(controllers.map((one) => one.close())));

describe('an sshd with the limits of its manual', () => {
  test('loses none of fifty commands that are asked for at once, also while strangers wait at its door', async () => {
    await lab.host(1).play(defaultSshd);
    const told = await onHost(lab.host(1), 'sshd -T');
    for (const [name, value] of Object.entries(LIMITS)) expect(told).toContain(`${name.toLowerCase()} ${value}\n`);
    const strangers = await Promise.all(Array.from({ length: 8 }, () => stranger(lab.host(1).address)));
    const asked = Array.from({ length: 50 }, () => here().agent.perform(hostReachability, 'web1', {}));
    const ended = await Promise.all(asked);
    for (const socket of strangers) socket.destroy();
    expect(ended.filter((one) => one.isErr())).toEqual([]);
  });
});

/** Somebody who connects and never logs in. */
function stranger(host: string): Promise<Socket> {
  const socket = connect({ host, port: 22 });
  return new Promise((resolve, reject) => {
    socket.once('data', () => resolve(socket));
    socket.once('error', reject);
  });
}

const UNIT = `[Service]
ExecStart=/bin/sh -c "echo start >> /data/starts; exec sleep 1000"
`;
const starts = async () => (await onHost(lab.host(1), 'wc -l < /data/starts')).trim();
const begin = () =>
  onHost(
    lab.host(1),
    `set -e
printf %s '${UNIT}' > /etc/systemd/system/counted.service
systemctl daemon-reload
systemctl stop counted.service
rm -f /data/starts
systemctl start counted.service
until [ -s /data/starts ]; do sleep 0.05; done`,
  );
const approvedRestart = async (controller: Controller): Promise<string> => {
  const { id, plan } = await controller.ask(serviceRestart, 'web1', { unit: 'counted' });
  await controller.grant(id);
  return plan;
};
type Applied = Awaited<ReturnType<Controller['agent']['apply']>>;
const how = (applied: Applied): StepReport['state'] | string =>
  applied.isErr() ? applied.error.kind : (applied.value[0]?.state ?? 'nothing');

describe('one restart that was approved once is done once', () => {
  test('by two processes of one home', async () => {
    await begin();
    const asked = await here().cli.run(['perform', 'service.restart', 'web1', 'unit=counted', '--json']);
    const { id, plan } = JSON.parse(asked.stdout).error.facts.approval;
    await here().grant(id);
    const codes = await Promise.all([1, 2].map(async () => (await here().cli.run(['apply', plan])).code));
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(await starts()).toBe('2');
  });

  test('by a home and a copy of it, with the yes in both', async () => {
    await begin();
    const plan = await approvedRestart(here());
    const copy = await another(copyController(here()));
    const ended = await Promise.all([here(), copy].map(async (one) => how(await one.agent.apply(plan))));
    expect(ended.filter((state) => state === 'done')).toHaveLength(1);
    expect(await starts()).toBe('2');
  });

  test('by two homes of which each was told yes while neither had begun', async () => {
    await begin();
    const other = await create();
    const both = [here(), other];
    const plans = await Promise.all(both.map(approvedRestart));
    const ended = await Promise.all(both.map(async (one, at) => how(await one.agent.apply(plans[at] ?? ''))));
    expect(ended.filter((state) => state === 'done')).toHaveLength(1);
    expect(await starts()).toBe('2');
  });
});
