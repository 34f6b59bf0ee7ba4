/** Answers what sample-name is asked. Until it is filled in it asks no server and changes nothing. */

import { z } from 'zod';
import { done } from '../../answer.js';
import { defineTool } from '../../tool.js';

/** Says what it was given. */
export const sampleName = defineTool({
  id: 'sample-name',
  title: 'Sample name',
  description:
    'Answers the words it was given. Use it to see that a new tool is found. It asks no server, changes nothing and approves nothing.',
  uses: [],
  input: z.strictObject({ words: z.string().min(1).max(200) }),
  data: z.strictObject({ words: z.string() }),
  run: async ({ words }) => done({ words }),
});
