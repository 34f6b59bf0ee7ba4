/** A tool that is no workflow: what it is told as in a list, and what it does. Knows nothing of MCP's wire. */

import type { ApprovalReader, Ledger, Operation, Session } from '@meshclaw/core';
import type { z } from 'zod';
import type { Answer } from './answer.js';

/** What a tool may use. Nothing here can approve, choose who asks or write a record. */
export interface ToolContext {
  /** The asker's hands: subject and surface are bound, and whether this session has read text of a server. */
  readonly session: Session;
  readonly records: Pick<Ledger, 'find'>;
  readonly approvals: ApprovalReader;
  /** The name that policy and engine know for a name somebody typed. */
  readonly operationNamed: (name: string) => string;
  readonly signal: AbortSignal;
  /** One line of progress for people; never data. */
  readonly note: (text: string) => void;
}
export interface Tool<I extends z.ZodType = z.ZodType> {
  /** The folder's name; with underscores and `meshclaw_` in front it is the tool's. */
  readonly id: string;
  readonly title: string;
  /** What it answers, when to use it, what it never does. */
  readonly description: string;
  /** The operations it performs: the hints of the tool come from their classes. */
  readonly uses: readonly Operation[];
  /** A workflow that it shows under its own name; that one is then not listed. */
  readonly insteadOf?: string;
  /** A strict object. */
  readonly input: I;
  /** What `data` of its answer holds. */
  readonly data: z.ZodType;
  // method syntax on purpose: a tool with a precise input is a Tool
  run(input: z.output<I>, context: ToolContext): Promise<Answer>;
}

/** Defines a tool; returns its argument, typed. */
export const defineTool = <I extends z.ZodType>(tool: Tool<I>): Tool<I> => tool;

/** `disk-investigate` is `meshclaw_disk_investigate`: clients accept letters, digits, `_` and `-`, and no dot. */
export const toolName = (id: string): string => `meshclaw_${id.replaceAll('-', '_')}`;
