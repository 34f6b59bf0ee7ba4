import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { toolboxOn } from '../../_testing/toolbox-on.js';
import { sampleName } from './index.js';

it('answers what it was given, and reaches no server', async () => {
  const idle = createScriptedExecutor(async () => ok(exited('')));
  const { context } = toolboxOn(idle);
  expect(await sampleName.run({ words: 'hello' }, context())).toMatchObject({ status: 'ok', data: { words: 'hello' } });
  expect(idle.performances).toEqual([]);
});
