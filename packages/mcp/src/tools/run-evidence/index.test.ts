import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { allowAll, toolboxOn } from '../../_testing/toolbox-on.js';

const asked = { server: 'web1', argv: ['printf', '%s', 'a b'], because: 'to see it' };

it('answers output and evidence of a command that policy lets through', async () => {
  const { call } = toolboxOn(local(), allowAll);
  expect(await call('run_evidence', asked)).toMatchObject({
    status: 'ok',
    data: { exitCode: 0, stdout: 'a b', cut: false },
    untrusted: true,
    sources: ['server:web1'],
    evidence: ['0', '1', '2'],
  });
});

it('answers what a person types where a yes is missing, and runs once it is there', async () => {
  const { call, grant } = toolboxOn(local());
  const answer = await call('run_evidence', asked);
  const [approval] = answer.approvals;
  expect(answer).toMatchObject({ status: 'approval_required', problems: [{ kind: 'approval_required' }] });
  expect(answer).not.toHaveProperty('data');
  expect(approval?.person).toEqual([
    `meshclaw approvals show ${approval?.id}`,
    `meshclaw approvals grant ${approval?.id} --key <private key>`,
  ]);
  expect((await grant(String(approval?.id))).isOk()).toBe(true);
  expect(await call('approval_status', { approval: approval?.id })).toMatchObject({
    data: { approvals: [{ status: 'granted', signers: ['dana'] }] },
  });
  expect(await call('run_evidence', asked)).toMatchObject({ status: 'ok', data: { stdout: 'a b' } });
  expect(await call('run_evidence', asked)).toMatchObject({ status: 'approval_required' });
});

it('answers a denial as a failure with its reasons', async () => {
  const executor = createScriptedExecutor(async () => ok(exited('')));
  const { call } = toolboxOn(executor, () => 'deny');
  expect(await call('run_evidence', asked)).toMatchObject({
    status: 'failed',
    untrusted: false,
    problems: [{ kind: 'denied', decision: { effect: 'deny', reasons: [{ rule: 'test.scripted' }] }, evidence: ['0'] }],
  });
  expect(executor.performances).toEqual([]);
});
