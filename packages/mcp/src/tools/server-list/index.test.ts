import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { toolboxOn } from '../../_testing/toolbox-on.js';

it('answers the inventory and reaches no server', async () => {
  const idle = createScriptedExecutor(async () => ok(exited('')));
  const { call } = toolboxOn(idle);
  expect(await call('server_list', { tag: 'web' })).toMatchObject({
    status: 'ok',
    untrusted: false,
    data: { targets: [{ id: 'web1', reachedBy: ['scripted'], tags: ['web'], lastKnown: null }] },
  });
  expect((await call('server_list', { tag: 'none' })).data.targets).toEqual([]);
  expect(idle.performances).toEqual([]);
});
