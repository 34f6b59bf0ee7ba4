// Written for single-door.test.ts: attempts on the one door. Each line below a `@ts-expect-error` has to be refused by
// the compiler with the error that is named, and nothing else may be.
import {
  command,
  defineChange,
  defineRead,
  defineWorkflow,
  type Executor,
  type InputOf,
  type PlanStep,
  type Report,
  type Session,
  step,
} from '@meshclaw/core';
import type { ToolboxParts } from '@meshclaw/mcp';
import { ok } from 'neverthrow';
import { z } from 'zod';

const read = defineRead({
  name: 'door.read',
  title: 'Read the door',
  description: 'Says whether the door is open.',
  on: 'server',
  via: 'command',
  input: z.strictObject({ door: z.string() }),
  output: z.strictObject({ open: z.boolean() }),
  action: ({ door }) => command(['door', 'read', door]),
  parse: () => ok({ open: true }),
});
const change = {
  name: 'door.open',
  class: 'write',
  title: 'Open the door',
  description: 'Opens the door.',
  on: 'server',
  via: 'command',
  idempotent: true,
  dryRun: 'none',
  input: z.strictObject({ door: z.string() }),
  output: z.strictObject({}),
  action: ({ door }: { door: string }) => command(['door', 'open', door]),
  parse: () => ok({}),
} as const;
const observes = {
  operation: read,
  input: (input: { door: string }) => input,
  pick: ({ open }: { open: boolean }) => ({ open }),
};
const verify = {
  operation: read,
  input: (input: { door: string }) => input,
  holds: ({ open }: { open: boolean }) => open,
  attempts: 1,
  everyMs: 1,
};
const undo = { none: 'a door that was open has been seen' };
const open = defineChange({ ...change, observes, verify, undo });
const other = defineRead({ ...read, name: 'door.count', action: () => command(['door', 'count']), parse: () => ok({ open: true }) });
const close = defineChange({ ...change, name: 'door.close', observes, verify, undo });

const workflow = {
  id: 'door',
  title: 'Door',
  description: 'Looks at the door.',
  uses: [read, open],
  example: 'door',
  input: z.strictObject({ door: z.string() }),
  data: z.strictObject({ open: z.boolean() }),
} as const;
const data = { open: true };

export const observing = defineWorkflow({
  ...workflow,
  phase: 'observe',
  run: async ({ door }, context) => {
    await context.perform(read, 'web1', { door });
    // @ts-expect-error TS2379 a change while only looking
    await context.perform(open, 'web1', { door });
    // @ts-expect-error TS2379 a read that is not in `uses`
    await context.perform(other, 'web1', { door });
    // @ts-expect-error TS2322 an input of another type
    await context.perform(read, 'web1', { door: 1 });
    // @ts-expect-error TS2345 an input that is left out
    await context.perform(read, 'web1', {});
    // @ts-expect-error TS2353 an input that the operation does not have
    await context.perform(read, 'web1', { door, force: true });
    // @ts-expect-error TS2375 a change among reads of one round trip
    await context.performAll('web1', { opened: [open, { door }] });
    // @ts-expect-error TS2339 an executor
    context.executor;
    // @ts-expect-error TS2339 the executors
    context.executors;
    // @ts-expect-error TS2339 the ledger
    context.ledger;
    // @ts-expect-error TS2339 the policy
    context.policy;
    // @ts-expect-error TS2339 a step to propose, while only looking
    context.propose;
    // @ts-expect-error TS2339 a plan to apply, while only looking
    context.apply;
    // @ts-expect-error TS2339 a yes
    context.approve;
    return { data };
  },
});

export const planning = defineWorkflow({
  ...workflow,
  phase: 'plan',
  run: async ({ door }, context) => {
    // @ts-expect-error TS2379 a change while planning
    await context.perform(open, 'web1', { door });
    // @ts-expect-error TS2379 a proposal of what is not in `uses`
    await context.propose(close, 'web1', { door }, 'because');
    const proposed = await context.propose(open, 'web1', { door }, 'because');
    return { data, steps: proposed.isOk() ? [proposed.value] : [] };
  },
});

export const applying = defineWorkflow({
  ...workflow,
  phase: 'apply',
  run: async ({ door }, context) => {
    await context.perform(open, 'web1', { door });
    // @ts-expect-error TS2379 a change that is not in `uses`
    await context.perform(close, 'web1', { door });
    // @ts-expect-error TS2339 a new proposal while applying
    context.propose;
    return { data };
  },
});

export const careless = defineWorkflow({
  ...workflow,
  phase: 'observe',
  // @ts-expect-error TS2322 a status of the author's own
  run: async () => ({ status: 'ok' }),
});

const body = { operation: 'door.open', why: 'because' };
// @ts-expect-error TS2322 a step nobody proposed
export const forged: PlanStep = { ...body, action: command(['rm']) };
export const wanted = step(open, { door: 'front' });
// @ts-expect-error TS2322 a step with an input of another operation
export const unfit = step(open, { door: 1 });
// @ts-expect-error TS2322 a step that was only wished for
export const wished: PlanStep = wanted;

// @ts-expect-error TS2345 a change that does not say how it is undone
export const lasting = defineChange({ ...change, observes, verify });
// @ts-expect-error TS2345 a change that does not say how it is verified
export const unverified = defineChange({ ...change, observes, undo });
// @ts-expect-error TS2345 a change that does not say what it observes
export const blind = defineChange({ ...change, verify, undo });
// @ts-expect-error TS2322 a change that calls itself a read
export const disguised = defineChange({ ...change, class: 'read', observes, verify, undo });
// @ts-expect-error TS2375 a change that is verified by a change
export const circular = defineChange({ ...change, observes, verify: { ...verify, operation: open }, undo });

export function asSomebody(session: Session, report: Report<{ open: boolean }>): void {
  // @ts-expect-error TS2339 an approval by whoever asked
  session.approve;
  // @ts-expect-error TS2339 the approval desk from a session
  session.desk;
  // @ts-expect-error TS2339 data of a report that may have failed
  report.data;
  // @ts-expect-error TS2322 an input that is not the operation's
  const input: InputOf<typeof open> = { door: 1 };
  // @ts-expect-error TS2345 an operation in place of a workflow
  void session.run(open, input);
}

export function asExecutor(executor: Executor): void {
  // @ts-expect-error TS2554 a call without its bounds
  executor.open({});
}

export function asTool(parts: ToolboxParts): void {
  // @ts-expect-error TS2339 a yes by a tool
  parts.approvals.grant;
  // @ts-expect-error TS2339 a no by a tool
  parts.approvals.deny;
  // @ts-expect-error TS2339 a record by a tool
  parts.records.append;
  // @ts-expect-error TS2353 a subject of the tool's choice
  parts.session({ exposed: false, subject: { type: 'human', id: 'root' } });
  // @ts-expect-error TS2345 a session that does not say what it has read
  parts.session({});
}
