/** Answers which servers there are, from the inventory alone. Touches no server. */

import { list } from '@meshclaw/workflows/list';
import { reported } from '../../answer.js';
import { defineTool } from '../../tool.js';

/** The workflow `list` under the name that askers look for. */
export const serverList = defineTool({
  id: 'server-list',
  title: 'List the servers',
  description:
    'Answers which servers there are: id, how each is reached, tags, role, environment, criticality, age of the last recorded fact. Use it first: other tools want a server by the id given here. Touches no server, so it says nothing about their state now; that is meshclaw_status.',
  uses: [],
  insteadOf: list.id,
  input: list.input,
  data: list.data,
  run: async (input, { session, signal, note }) =>
    // What it tells is the owner's file and times; no text of a server is in it.
    reported(await session.run(list, input, { signal, note }), { own: true }),
});
