import { expect, it } from 'vitest';
import { sampleName } from './index.js';

it('answers unreachable when it is opened', async () => {
  const opened = await sampleName().open({}, { executionId: 'test', timeoutMs: 1_000, maxOutputBytes: 1_024 });
  expect(opened._unsafeUnwrapErr().kind).toBe('unreachable');
});
