/** Answers what sample-name is asked. Until it is filled in it asks no server and changes nothing. */

import { defineWorkflow } from '@meshclaw/core';
import { z } from 'zod';

/** Says when it was asked, and for which server. */
export const sampleName = defineWorkflow({
  id: 'sample-name',
  title: 'Sample name',
  description:
    'Says when it was asked. Use it to see that a new workflow is found. It asks no server and changes nothing.',
  phase: 'observe',
  uses: [],
  positionals: ['server'],
  example: 'sample-name web1',
  input: z.strictObject({ server: z.string().min(1) }),
  data: z.strictObject({ server: z.string(), askedAt: z.iso.datetime() }),
  run: async ({ server }, context) => ({ data: { server, askedAt: context.now() } }),
});
