/** An operation that takes words as they are, and a plan of two steps: for tests of what is bound by an approval. */

import { ok } from 'neverthrow';
import { z } from 'zod';
import { defineChange } from '../operation.js';
import { defineWorkflow } from '../workflow.js';
import { dialSet } from './dial.js';

type Words = readonly [string, ...string[]];

/** What a test may replace: how the installed version writes the words. */
export const installed: { wrap: (argv: Words) => Words } = { wrap: (argv) => argv };

/** Runs whatever words, standard input and place the asker wants. */
export const wordsRun = defineChange({
  name: 'words.run',
  class: 'write',
  title: 'Run words',
  description: 'Runs words.',
  on: 'server',
  via: 'command',
  idempotent: false,
  dryRun: 'none',
  input: z.strictObject({
    argv: z.tuple([z.string()], z.string()),
    stdin: z.string().optional(),
    cwd: z.string().optional(),
  }),
  output: z.strictObject({}),
  action: ({ argv, stdin, cwd }) => ({
    ...{ kind: 'command', argv: installed.wrap(argv), as: 'login' },
    ...(stdin === undefined ? {} : { stdin }),
    ...(cwd === undefined ? {} : { cwd }),
  }),
  parse: () => ok({}),
  observes: { none: 'words' },
  verify: { none: 'words' },
  undo: { none: 'words' },
});
/** Plans the same step on two servers. */
export const twoDials = defineWorkflow({
  id: 'two-dials',
  title: 'Turn two dials',
  description: 'Plans two steps.',
  phase: 'plan',
  uses: [dialSet],
  example: 'two-dials',
  input: z.strictObject({}),
  data: z.strictObject({}),
  run: async (_, context) => {
    const proposed = [];
    for (const server of ['web1', 'web2']) {
      const one = await context.propose(dialSet, server, { value: 1 }, 'wanted');
      if (one.isOk()) proposed.push(one.value);
    }
    return { data: {}, steps: proposed };
  },
});
