/** Answers what policy would say if the asker asked for an operation now. Nothing is done; the question is recorded. */

import { ServerId } from '@meshclaw/workflows/operations';
import { z } from 'zod';
import { done, notDone, quotesServer } from '../../answer.js';
import { Decided, decided } from '../../decided.js';
import { defineTool } from '../../tool.js';

/** Asks policy about the asker itself; another subject cannot be named. */
export const policyCheck = defineTool({
  id: 'policy-check',
  title: 'Ask what policy would say',
  description:
    'Answers whether an operation on a server would run (read_state, auto_safe), need a person (approval_required) or be denied, and why. Use it before proposing something, or to find an allowed way. Names are as in command.run or file.chmod; read_state, delete_data, reveal_secret and provision_server ask about a class. Runs nothing, approves nothing; the real call is decided anew.',
  uses: [],
  input: z.strictObject({
    operation: z.string().min(1).max(128),
    server: ServerId,
    input: z.looseObject({}).optional().describe('the operation’s input; left out: the operation as such'),
  }),
  data: Decided,
  run: async ({ operation, server, input }, { session, operationNamed }) => {
    const checked = await session.check(operationNamed(operation), server, input);
    if (checked.isErr()) return notDone(checked.error);
    return done(decided(checked.value), quotesServer(checked.value) ? { sources: [`server:${server}`] } : {});
  },
});
