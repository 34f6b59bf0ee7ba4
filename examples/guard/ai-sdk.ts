import { openPolicy } from '@meshclaw/policy';
import { decideWith, guardTools } from '@meshclaw/policy/adapters';
import { tool } from 'ai';
import { z } from 'zod';

const findOrder = tool({
  description: 'Finds an order',
  inputSchema: z.object({ order: z.string() }),
  execute: async ({ order }) => `${order} is open`,
});
const cancelOrder = tool({
  description: 'Cancels an order',
  inputSchema: z.object({ order: z.string() }),
  execute: async ({ order }) => `${order} is cancelled`,
});

const opened = await openPolicy({ operations: { 'order.find': 'read', 'order.cancel': 'write' } });
if (opened.isErr()) throw new Error(opened.error.message);

const guarded = guardTools(
  { findOrder, cancelOrder },
  {
    decide: decideWith(opened.value, { subject: { type: 'agent', id: 'shop-assistant' } }),
    actions: {
      findOrder: { action: (input) => ({ name: 'order.find', class: 'read', properties: input }) },
      cancelOrder: { action: (input) => ({ name: 'order.cancel', class: 'write', properties: input }) },
    },
    approvals: 'in_app',
  },
);
if (guarded.isErr()) throw new Error(`${guarded.error.tool}: ${guarded.error.message}`);

/** For `generateText({ model, tools, … })`. */
export const tools = guarded.value;
