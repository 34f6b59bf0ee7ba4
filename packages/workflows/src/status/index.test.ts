import type { ExecutorError } from '@meshclaw/core';
import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { meshOn, targetOf } from '../_testing/index.js';
import { status } from './index.js';

const gone = (kind: ExecutorError['kind']) =>
  createScriptedExecutor(async () => err({ kind, message: 'as the test says' }));
const HOST = `system=Linux
hostname=web1
kernel=6.1.0
architecture=x86_64
cpus=2
meminfo.MemTotal=1000
meminfo.MemAvailable=40
load=0.10 0.20 0.30 1/2 3
uptime=100.00 1.00
init=systemd
packages=apt
userland=gnu
end=1
`;
const DISKS = `== sizes
Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 1000 960 40 96% /
/dev/sdb1 1000 870 130 87% /srv
/dev/sdc1 1000 500 500 50% /ok
== sizes exit 0
== inodes
Filesystem Inodes IUsed IFree IUse% Mounted on
/dev/sdc1 100 97 3 97% /ok
== mounts
== end
`;
const answers = createScriptedExecutor(async (action) =>
  ok(exited(action.kind === 'command' && action.argv[2]?.includes('df -P') ? DISKS : HOST)),
);

describe('status', () => {
  it('asks the machine the test runs on', async () => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    const report = await agent.run(status, { server: 'here' });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      targets: ['here'],
      data: { servers: [{ id: 'here', state: 'up', lastKnown: null, disks: expect.any(Array) }] },
    });
    expect(report.evidence.length).toBeGreaterThanOrEqual(2);
  });

  it('finds what is filling up, with evidence', async () => {
    const { agent } = meshOn([answers], [targetOf('web1', 'scripted')]);
    const report = await agent.run(status, {});
    expect(report.status).toBe('findings');
    expect(report.findings.map(({ id, severity, facts }) => [id, severity, facts?.mount])).toEqual([
      ['memory.low', 'high', undefined],
      ['disk.filling', 'high', '/'],
      ['disk.filling', 'medium', '/srv'],
      ['disk.inodes_filling', 'high', '/ok'],
    ]);
    for (const { evidence } of report.findings) expect(evidence.length).toBeGreaterThan(0);
  });

  it('never calls a server healthy that does not answer, and says what was last known', async () => {
    const away = { off: false };
    const sometimes = createScriptedExecutor(async (action) => {
      if (away.off) return err({ kind: 'unreachable', message: 'no route' });
      return ok(exited(action.kind === 'command' && action.argv[2]?.includes('df -P') ? DISKS : HOST));
    });
    const { agent } = meshOn([sometimes], [targetOf('web1', 'scripted')]);
    await agent.run(status, {});
    away.off = true;
    const report = await agent.run(status, {});
    expect(report).toMatchObject({
      status: 'findings',
      findings: [{ id: 'server.unreachable', severity: 'high', target: 'web1' }],
      data: { servers: [{ state: 'unreachable', observedAt: null, disks: null, lastKnown: { ageSeconds: 0 } }] },
    });
  });

  it.each([
    ['identity_mismatch', 'server.identity_mismatch', 'critical'],
    ['authentication_failed', 'server.access_refused', 'high'],
    ['invalid_settings', 'server.not_asked', 'medium'],
  ] as const)('tells %s as %s', async (kind, id, severity) => {
    const { agent } = meshOn([gone(kind)], [targetOf('web1', 'scripted')]);
    expect((await agent.run(status, {})).findings).toMatchObject([{ id, severity }]);
  });

  it('expects no answer of a server that is off on purpose', async () => {
    const off = targetOf('web1', 'scripted', { intentionally_offline: true });
    const { agent } = meshOn([gone('unreachable')], [off]);
    expect((await agent.run(status, {})).findings).toMatchObject([{ id: 'server.unreachable', severity: 'info' }]);
  });

  it('lets one silent server hide nothing of the others', async () => {
    const { agent } = meshOn([answers, local()], [targetOf('web1', 'missing'), targetOf('here', 'local')]);
    const report = await agent.run(status, {});
    expect(report).toMatchObject({ status: 'partial', data: { servers: [{ state: 'unknown' }, { state: 'up' }] } });
  });

  it('has a problem, and no healthy server, when policy denies the reads or the output cannot be read', async () => {
    const denied = meshOn([local()], [targetOf('here', 'local')], () => 'deny');
    const garbled = meshOn([createScriptedExecutor(async () => ok(exited('hello\n')))], [targetOf('here', 'scripted')]);
    for (const { agent } of [denied, garbled]) {
      const report = await agent.run(status, { server: 'here' });
      expect(report.status).toBe('failed');
      expect(report.problems.length).toBeGreaterThan(0);
    }
  });

  it('refuses a server that is not in the inventory', async () => {
    const { agent } = meshOn([local()], []);
    const report = await agent.run(status, { server: 'nobody' });
    expect(report.status).toBe('failed');
    expect(new Set(report.problems.map(({ kind }) => kind))).toEqual(new Set(['unknown_target']));
  });
});
