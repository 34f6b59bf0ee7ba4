/** Runs one command on one server through the same door as everything else, and answers its output with its evidence. */

import { commandRun, ServerId } from '@meshclaw/workflows/operations';
import { z } from 'zod';
import { done, notDone } from '../../answer.js';
import { defineTool } from '../../tool.js';

/** `command.run` as a tool. */
export const runEvidence = defineTool({
  id: 'run-evidence',
  title: 'Run a command and keep evidence',
  description:
    'Runs one command on one server, argv without a shell or text in sh or bash, and answers exit code and output, with ids of the evidence. Use it only where no other tool answers: what policy proves to only read runs at once; for the rest, mostly approval_required, nothing has run and the answer says what a person types; after that make the same call again. Never approves, never retries.',
  uses: [commandRun],
  input: z.strictObject({
    server: ServerId,
    ...commandRun.input.shape,
    because: z.string().max(500).optional().describe('why; shown to whoever has to approve it'),
  }),
  data: commandRun.output,
  run: async ({ server, because, ...input }, { session, signal }) => {
    const options = { signal, ...(because === undefined ? {} : { because }) };
    const performed = await session.perform(commandRun, server, input, options);
    if (performed.isErr()) return notDone(performed.error);
    const { output, evidence } = performed.value;
    return done(output, { evidence, sources: [`server:${server}`] });
  },
});
