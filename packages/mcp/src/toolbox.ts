/** The tools of one session: lists them, calls them, and remembers whether text of a server was read. Knows nothing of MCP's wire. */

import type { ApprovalReader, JsonObject, Ledger, Session } from '@meshclaw/core';
import { workflows } from '@meshclaw/workflows';
import { type Answer, failed, reported } from './answer.js';
import { checkArguments } from './check-arguments.js';
import { presented } from './presented.js';
import { tools, workflowTools } from './registry.gen.js';
import type { ToolListing } from './registry.js';
import type { ToolContext } from './tool.js';
import { createTurns } from './turns.js';

/** What the composition root hands in. It binds who asks; nothing here can approve or write a record. */
export interface ToolboxParts {
  /** The asker's hands. `client` is the name the client claims for itself: a property, never an identity. */
  readonly session: (now: { readonly exposed: boolean; readonly client?: string }) => Session;
  readonly records: Pick<Ledger, 'find'>;
  readonly approvals: ApprovalReader;
  readonly operationNamed: (name: string) => string;
  readonly redact: (text: string) => string;
  /** Told of what must not happen, for the log. */
  readonly onDefect: (cause: unknown) => void;
}
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly client?: string;
}
export interface Toolbox {
  list(): readonly ToolListing[];
  /** The answer as JSON; undefined when there is no such tool. Never rejects. */
  call(name: string, given: unknown, options: CallOptions): Promise<JsonObject | undefined>;
  /** Resolves when nothing is being done any more. */
  idle(): Promise<void>;
}
type Run = (given: unknown, context: ToolContext) => Promise<Answer>;

/** Clients send calls as fast as a model wants; each may start processes on servers. */
const CALLS_AT_ONCE = 8;

/** Makes the tools of one session. */
export function createToolbox(parts: ToolboxParts): Toolbox {
  const turns = createTurns(CALLS_AT_ONCE);
  const runs = new Map([...workflowRuns(), ...toolRuns()]);
  let exposed = false;

  const answer = async (run: Run, given: unknown, { signal, note, client }: CallOptions): Promise<Answer> => {
    const { records, approvals, operationNamed } = parts;
    if (signal.aborted) return failed({ kind: 'refused', message: 'cancelled before anything was done' });
    try {
      const session = parts.session({ exposed, ...(client === undefined ? {} : { client }) });
      return await run(given, {
        session,
        records,
        approvals,
        operationNamed,
        signal,
        note: (text) => note(parts.redact(text)),
      });
    } catch (cause) {
      parts.onDefect(cause);
      return failed({
        kind: 'mcp.defect',
        message: 'an internal defect stopped this; look at what was done before you try again',
      });
    }
  };
  return {
    list: () => [...workflowTools, ...tools].map(({ listing }) => listing).toSorted(byName),
    call: async (name, given, options) => {
      const run = runs.get(spelled(name));
      if (run === undefined) return undefined;
      return turns.take(async () => {
        const told = await answer(run, given, options);
        // Before the answer leaves: whoever reads it has read what is in it.
        if (told.sources.length > 0) exposed = true;
        return presented(told, parts.redact);
      });
    },
    idle: turns.idle,
  };
}

const byName = (one: ToolListing, other: ToolListing): number => (one.name < other.name ? -1 : 1);

/** Names with a dot are not listed, because many clients refuse them; those who know them may use them. */
const spelled = (name: string): string => name.replace(/^meshclaw\./, 'meshclaw_');

const toolRuns = (): readonly (readonly [string, Run])[] =>
  tools.map(({ listing, load }) => [
    listing.name,
    async (given, context) => {
      const tool = await load();
      const input = checkArguments(tool.input, given);
      return input.isErr() ? failed(input.error) : tool.run(input.value, context);
    },
  ]);

const workflowRuns = (): readonly (readonly [string, Run])[] =>
  workflowTools.flatMap(({ id, listing }) => {
    const entry = Object.hasOwn(workflows, id) ? workflows[id] : undefined;
    if (entry === undefined) return [];
    const run: Run = async (given, { session, signal, note }) => {
      const workflow = await entry.load();
      const input = checkArguments(workflow.input, given);
      // The engine parses again what the caller gave: defaults are filled in once.
      return input.isErr() ? failed(input.error) : reported(await session.run(workflow, given ?? {}, { signal, note }));
    };
    return [[listing.name, run] as const];
  });
