import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor, Target } from '@meshclaw/core';
import { createApprovalDesk, createMeshClaw } from '@meshclaw/core';
import { createMemoryLedger, createScriptedPolicy, createTestApprover, registryOf } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { okAsync } from 'neverthrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowAll, targetOf } from '../_testing/index.js';
import { operations, serviceRestart } from './index.js';

// The real scripts run here by a real sh. There is no systemd to be restarted in a test of this package, so that
// systemctl is a stand-in that keeps one unit in files; real systemd is for the tests on whole hosts.
const SYSTEMCTL = `#!/bin/sh
cd "\${0%/*}" || exit 1
case $1 in
  show)
    for word; do case $word in --property=*) wanted=,\${word#*=}, ;; esac; done
    while IFS= read -r line; do case $wanted in *,"\${line%%=*}",*) printf '%s\\n' "$line" ;; esac; done <unit ;;
  --no-ask-password)
    echo "$*" >>calls
    [ -e refuses ] && { echo 'Job for demo.service failed.' >&2; exit 4; }
    cp after unit ;;
  *) exit 1 ;;
esac
`;
const SLEEP = `#!/bin/sh
cd "\${0%/*}" && if [ -e meanwhile ]; then cp meanwhile unit; fi
`;
const OLD = '1'.repeat(32);
const NEW = '2'.repeat(32);
const demo = (invocation: string, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    ...{ Type: 'simple', Result: 'success', NRestarts: '0', Id: 'demo.service', LoadState: 'loaded' },
    ...{ ActiveState: 'active', SubState: 'running', UnitFileState: 'enabled', InvocationID: invocation, ...more },
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

let folder: string;
const put = (name: 'unit' | 'after' | 'meanwhile' | 'refuses', text: string) => writeFileSync(join(folder, name), text);
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshclaw-service-'));
  for (const [name, text] of [
    ['systemctl', SYSTEMCTL],
    ['sleep', SLEEP],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  put('unit', demo(OLD));
  put('after', demo(NEW));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The local executor with the stand-in first on its path, and something happening right before the restart is sent. */
function reached(beforeRestart: () => void = () => {}): Executor {
  const executor = local();
  return {
    ...executor,
    open: (_settings, call) =>
      executor.open({}, call).map((session) => ({
        identity: session.identity,
        close: () => session.close(),
        perform: (action, bounds) => {
          if (action.kind !== 'command') throw new Error('no command');
          if (action.argv[2]?.includes(' restart ')) beforeRestart();
          const argv = ['env', `PATH=${folder}:/usr/bin:/bin`, ...action.argv] as const;
          return session.perform({ ...action, argv, as: 'login' }, bounds);
        },
      })),
  };
}

function world(executor: Executor, answer?: Parameters<typeof createScriptedPolicy>[0]) {
  const target: Target = { ...targetOf('web1', 'local'), platform: { init: 'systemd' } };
  const inventory = { target: () => okAsync(target), targets: () => okAsync([target]) };
  const ledger = createMemoryLedger();
  const approver = createTestApprover('dana');
  const approvers = registryOf([approver]);
  const policy = createScriptedPolicy(answer);
  const mesh = createMeshClaw({ policy, ledger, inventory, executors: [executor], operations, approvers });
  const desk = createApprovalDesk({ ledger, approvers });
  const agent = mesh._unsafeUnwrap().as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
  const restart = () => agent.perform(serviceRestart, 'web1', { unit: 'demo' });
  const approve = async () => {
    const refusal = (await restart())._unsafeUnwrapErr();
    if (refusal.kind !== 'approval_required') throw new Error(`the refusal is ${refusal.kind}`);
    const statement = (await desk.statement(refusal.approval.id))._unsafeUnwrap();
    (await desk.grant(refusal.approval.id, { statement, signature: approver.sign(statement) }))._unsafeUnwrap();
    return (await desk.show(refusal.approval.id))._unsafeUnwrap().plan;
  };
  return { restart, approve, ledger, policy };
}
const kindOf = async (restart: () => ReturnType<ReturnType<typeof world>['restart']>) =>
  (await restart())._unsafeUnwrapErr().kind;

describe('service.restart through the engine', () => {
  it('restarts the unit that was observed, and sees that it runs anew', async () => {
    const { restart, ledger, policy } = world(reached(), allowAll);
    expect((await restart())._unsafeUnwrap().output).toEqual({ unit: 'demo.service', invocation: NEW });
    expect(calls()).toBe('--no-ask-password restart -- demo.service\n');
    expect(ledger.records).toContainEqual(
      expect.objectContaining({
        body: expect.objectContaining({ verification: expect.objectContaining({ holds: true }) }),
      }),
    );
    expect(policy.requests.map(({ action }) => action)).toContainEqual(
      expect.objectContaining({ name: 'service.restart', class: 'write', properties: { unit: 'demo.service' } }),
    );
  });

  it('asks for approval of this unit in this invocation, and runs once approved', async () => {
    const { restart, approve } = world(reached());
    const plan = await approve();
    expect(calls()).toBe('');
    expect(plan?.body.steps[0]?.observed).toEqual({
      operation: 'service.status',
      value: { unit: 'demo.service', load: 'loaded', active: 'active', sub: 'running', invocation: OLD },
    });
    (await restart())._unsafeUnwrap();
    expect(calls()).toBe('--no-ask-password restart -- demo.service\n');
  });

  it('does not take an approval for another invocation of the unit', async () => {
    const { restart, approve } = world(reached());
    await approve();
    put('unit', demo('3'.repeat(32)));
    expect(await kindOf(restart)).toBe('approval_required');
    expect(calls()).toBe('');
  });

  it.each([
    ['has been started again', demo('3'.repeat(32))],
    ['has been stopped', demo(OLD, { ActiveState: 'inactive', SubState: 'dead' })],
    ['is gone', demo('', { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead' })],
  ])('is stale, and touches nothing, when the unit %s between the look and the act', async (_, moved) => {
    const { restart, approve } = world(reached(() => put('unit', moved)));
    await approve();
    expect(await kindOf(restart)).toBe('stale');
    expect(calls()).toBe('');
  });

  it('fails, and is not called stale, when systemd refuses', async () => {
    put('refuses', '');
    const { restart } = world(reached(), allowAll);
    expect((await restart())._unsafeUnwrapErr()).toMatchObject({ kind: 'failed', exitCode: 1 });
  });

  it('fails when the service falls over and is started again while the script waits', async () => {
    put('meanwhile', demo('3'.repeat(32), { NRestarts: '1' }));
    const { restart } = world(reached(), allowAll);
    expect((await restart())._unsafeUnwrapErr()).toMatchObject({
      kind: 'failed',
      stderr: 'it fell over and was started again\n',
    });
  });

  it.each([
    ['it has failed', demo(NEW, { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code' })],
    ['it waits to be started again', demo(NEW, { ActiveState: 'activating', SubState: 'auto-restart' })],
    ['it is still the old invocation', demo(OLD)],
    ['it runs once and did not end well', demo(NEW, { Type: 'oneshot', ActiveState: 'inactive', Result: 'timeout' })],
  ])('is unverified when after it %s', async (_, after) => {
    put('after', after);
    const { restart } = world(reached(), allowAll);
    const refusal = (await restart())._unsafeUnwrapErr();
    expect(refusal.kind).toBe('unverified');
    expect(refusal).not.toHaveProperty('undo');
  });

  it('is verified for a service that runs once and has ended well', async () => {
    put('unit', demo(OLD, { Type: 'oneshot', ActiveState: 'inactive', SubState: 'dead' }));
    put('after', demo(NEW, { Type: 'oneshot', ActiveState: 'inactive', SubState: 'dead' }));
    const { restart } = world(reached(), allowAll);
    expect((await restart()).isOk()).toBe(true);
  });

  it.each([
    ['there is no such unit', { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead' }],
    ['it is masked', { LoadState: 'masked' }],
    ['it could not be loaded', { LoadState: 'bad-setting' }],
    ['the name is an alias, by which a protected unit could pass', { Id: 'systemd-logind.service' }],
  ])('is unsupported when %s', async (_, found) => {
    put('unit', demo(OLD, found));
    const { restart } = world(reached(), allowAll);
    expect(await kindOf(restart)).toBe('unsupported');
    expect(calls()).toBe('');
  });
});
