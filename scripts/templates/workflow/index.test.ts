import { createWorld } from '@meshclaw/core/testing';
import { expect, it } from 'vitest';
import { sampleName } from './index.js';

it('says when it was asked and for which server', async () => {
  const { agent, clock } = createWorld();
  const report = await agent.run(sampleName, { server: 'web1' });
  expect(report).toMatchObject({ status: 'ok', data: { server: 'web1', askedAt: clock.now() }, problems: [] });
});
