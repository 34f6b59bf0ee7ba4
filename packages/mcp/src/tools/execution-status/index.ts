/** Answers what became of a change that was answered as running. It begins nothing. */

import { z } from 'zod';
import { done, notDone } from '../../answer.js';
import { defineTool } from '../../tool.js';

// Shorter than any client's patience.
const MOST_SECONDS = 20;
const Text = z.strictObject({ text: z.string().optional(), bytes: z.int(), cut: z.boolean() });

/** Reads the end of one execution, from the record or from its server. */
export const executionStatus = defineTool({
  id: 'execution-status',
  title: 'See how a change ended',
  description:
    'Answers how a change ended that was answered as running: exit code and output, or that it is running still. Waits up to 20 seconds for it. Use it with the execution that the problem named, again until it is there; do not make the call again that began it. With cancel, ends it first, if you asked for it. Never begins anything.',
  uses: [],
  input: z.strictObject({
    execution: z.string().min(1).max(64).describe('its id, as exec-…'),
    seconds: z.int().min(0).max(MOST_SECONDS).optional().describe('how long to wait; 20 when left out'),
    cancel: z.boolean().optional().describe('end it; what it did by then stays done'),
  }),
  data: z.strictObject({
    execution: z.string(),
    operation: z.string(),
    target: z.string(),
    outcome: z.strictObject({
      kind: z.enum(['exited', 'signalled', 'answered']),
      durationMs: z.number(),
      exitCode: z.int().optional(),
      signal: z.string().optional(),
      status: z.int().optional(),
      stdout: Text.optional(),
      stderr: Text.optional(),
    }),
  }),
  run: async ({ execution, seconds = MOST_SECONDS, cancel = false }, { session, signal }) => {
    const collected = await session.collect(execution, { waitMs: seconds * 1_000, stop: cancel, signal });
    if (collected.isErr()) return notDone(collected.error);
    const { evidence, ...data } = collected.value;
    return done(data, { evidence, sources: [`server:${data.target}`] });
  },
});
