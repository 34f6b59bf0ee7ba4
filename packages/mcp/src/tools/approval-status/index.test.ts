import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { toolboxOn } from '../../_testing/toolbox-on.js';

const idle = createScriptedExecutor(async () => ok(exited('')));
const asked = { server: 'web1', argv: ['reboot'] };

it('answers how one approval stands and what it is about', async () => {
  const { call } = toolboxOn(idle);
  const [approval] = (await call('run_evidence', asked)).approvals;
  expect(await call('approval_status', { approval: approval?.id })).toMatchObject({
    status: 'ok',
    untrusted: false,
    data: {
      approvals: [
        { status: 'pending', signersNeeded: 1, signers: [], steps: [{ operation: 'command.run', target: 'web1' }] },
      ],
    },
  });
});

it('lists what waits when no id is given, and nothing that was answered', async () => {
  const { call, grant } = toolboxOn(idle);
  const [first] = (await call('run_evidence', asked)).approvals;
  const [second] = (await call('run_evidence', { ...asked, argv: ['poweroff'] })).approvals;
  expect((await grant(String(first?.id))).isOk()).toBe(true);
  expect((await call('approval_status')).data.approvals).toMatchObject([{ id: second?.id, status: 'pending' }]);
});

it('fails for an id that is none', async () => {
  const { call } = toolboxOn(idle);
  const answer = await call('approval_status', { approval: 'appr-nothing' });
  expect(answer).toMatchObject({ status: 'failed', problems: [{ kind: 'unknown_approval' }] });
});
