import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@meshclaw/core';
import { openLedger } from '@meshclaw/evidence';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approvedPlan, recordsOf } from '../_testing/approved-plan.js';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
let alice: KeyFiles;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
});
afterEach(() => cli.remove());

/** The executions that `status` calls unsettled. */
async function unsettled(): Promise<readonly string[]> {
  const { stdout } = await cli.run(['status', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: { id: string; facts?: { execution?: string } }[] };
  return findings.flatMap(({ id, facts }) => (id === 'execution.unsettled' ? [facts?.execution ?? ''] : []));
}

test('what was broken off is shown until an approver signs what he found, once', async () => {
  const plan = await approvedPlan(cli, alice, 'sh', '-c', 'echo >"$1"; sleep 60', 'sh', cli.path('begun'));
  const { child, ended } = cli.start(['apply', plan]);
  while (!existsSync(cli.path('begun'))) await sleep(50);
  child.kill('SIGINT');
  await ended;
  const [execution = ''] = await unsettled();
  const settle = ['evidence', 'settle', execution, '--found', 'partly_done', '--note', 'it slept'];
  const unsigned = await cli.run(settle);
  expect([unsigned.code, unsigned.stderr]).toEqual([4, expect.stringContaining('meshclaw.signature_required')]);
  const mallory = await writeKeyFiles(cli.path('mallory'), 'mallory');
  expect((await cli.run([...settle, '--key', mallory.privateFile])).code).toBe(3);
  expect(await unsettled()).toEqual([execution]);
  const settled = await cli.run([...settle, '--key', alice.privateFile]);
  expect([settled.code, settled.stdout]).toEqual([
    0,
    expect.stringContaining('settled as partly_done; signed by alice'),
  ]);
  expect(await unsettled()).toEqual([]);
  expect((await cli.run([...settle, '--key', alice.privateFile])).code).toBe(2);
  expect(await recordsOf(cli, 'execution.settled')).toMatchObject([
    { body: { found: 'partly_done', note: 'it slept', signed_by: 'alice' } },
  ]);
  const chain = await cli.run(['evidence', 'chain', plan]);
  expect(chain.stdout).toContain('execution.settled');
});

test('an intent that MeshClaw did not live to finish becomes an unknown outcome at the next start, once', async () => {
  await cli.run(['init']);
  const past = { ...systemClock, now: () => new Date(Date.now() - 3_600_000).toISOString() };
  const ledger = (await openLedger({ folder: cli.home, clock: past }))._unsafeUnwrap();
  const intent = { execution: 'exec-broken', operation: 'command.run', target: 'localhost', subject: 'agent:codex' };
  const kept = await ledger.append([{ ...intent, type: 'execution.intended', body: { timeout_ms: 1_000 } }]);
  expect(kept.isOk()).toBe(true);
  await ledger.close();
  expect(await unsettled()).toEqual(['exec-broken']);
  expect(await unsettled()).toEqual(['exec-broken']);
  const finished = await recordsOf(cli, 'execution.finished');
  expect(finished.filter(({ body }) => (body.outcome as { kind: string }).kind === 'unknown')).toHaveLength(1);
});

test('what nobody waits for cannot be settled', async () => {
  const settle = await cli.run(['evidence', 'settle', 'exec-none', '--found', 'done', '--key', alice.privateFile]);
  expect([settle.code, settle.stderr]).toEqual([2, expect.stringContaining('meshclaw.not_unsettled')]);
  expect((await cli.run(['evidence', 'settle', 'exec-none', '--found', 'fine'])).code).toBe(2);
});
