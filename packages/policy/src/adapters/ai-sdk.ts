/**
 * Policy before the tools of the Vercel AI SDK (`ai` 6 and 7). Nothing is imported from it: a tool is an object with
 * `execute(input, {toolCallId, messages})` and `needsApproval(input, …)`, as https://ai-sdk.dev/docs/ai-sdk-core/tools-and-tool-calling
 * describes them (read 2026-11-25).
 */

import type { AskedAction, Decision } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Decide, decided } from './decide.js';
import { type GuardError, guarded } from './guard.js';
import { isApprovedInApp } from './in-app-approval.js';
import { unmetByAsking } from './obligations.js';
import { refusalText, short } from './refusal-text.js';

type InputOf<Tool> = Tool extends { execute?: infer Run } ? FirstOf<Run> : never;
/** Over each member of a union, so that one without a function adds nothing. */
type FirstOf<Run> = Run extends (input: infer Input, ...rest: never[]) => unknown ? Input : never;

/** What policy is asked when a tool is called. */
export interface GuardedTool<Input = never> {
  /** The action of one call, of its input as the tool's schema parsed it. */
  readonly action: (input: Input) => AskedAction;
  /** Looks whether the output holds; without it a change that would run by itself is refused. */
  readonly verify?: (output: unknown) => boolean | Promise<boolean>;
}
export interface GuardToolsOptions<Tools> {
  readonly decide: Decide;
  /** Every tool has an entry: one that is not described is none that could be allowed. */
  readonly actions: { readonly [Name in keyof Tools]: GuardedTool<InputOf<Tools[Name]>> };
  /**
   * `refused`: what needs approval is not done. `in_app`: the person in front of the application is asked (`needsApproval`), and a
   * yes there stands for the signature that policy demands; two people or a touched key cannot be had that way and stay refused.
   */
  readonly approvals: 'refused' | 'in_app';
}
/** A tool that the guard cannot stand in front of. */
export interface ToolsError {
  readonly kind: 'policy.unguardable_tool';
  readonly message: string;
  readonly tool: string;
}

interface CallOptions {
  readonly toolCallId: string;
  readonly messages: unknown;
}
type Execute = (input: unknown, options: CallOptions) => unknown;
interface SomeTool {
  readonly execute?: Execute;
  readonly needsApproval?: boolean | ((input: unknown, options: unknown) => boolean | PromiseLike<boolean>);
}

/**
 * The same tools, each deciding before it executes. What is refused throws out of `execute`, as the SDK expects of a tool that
 * fails: the model is told why as a `tool-error`. Err kinds: `policy.unguardable_tool` (not executed here, or not described).
 */
export function guardTools<Tools extends Readonly<Record<string, object>>>(
  tools: Tools,
  options: GuardToolsOptions<Tools>,
): Result<Tools, ToolsError> {
  const guarded: Record<string, object> = {};
  for (const [name, tool] of Object.entries(tools) as [string, SomeTool][]) {
    const actions = options.actions as Readonly<Record<string, GuardedTool>>;
    const described = Object.hasOwn(actions, name) ? actions[name] : undefined;
    const problem = problemOf(tool, described);
    if (problem !== undefined) return err({ kind: 'policy.unguardable_tool', message: problem, tool: name });
    if (described) guarded[name] = guardTool(tool, described, options);
  }
  return ok(guarded as unknown as Tools);
}

function problemOf({ execute }: SomeTool, described: GuardedTool | undefined): string | undefined {
  if (typeof execute !== 'function') return 'this tool is executed elsewhere, where nothing guards it';
  return typeof described?.action === 'function' ? undefined : 'there is no action for this tool';
}

function guardTool(
  tool: SomeTool,
  { action, verify }: GuardedTool,
  { decide, approvals }: Pick<GuardToolsOptions<never>, 'decide' | 'approvals'>,
): SomeTool {
  const asked = (input: unknown) => action(input as never);
  const inApp = approvals === 'in_app';
  const needsApproval = async (input: unknown, call: unknown): Promise<boolean> => {
    const { needsApproval: own } = tool;
    if (typeof own === 'function' ? await own(input, call) : own === true) return true;
    const answer = await decided(decide, () => asked(input));
    return answer.isOk() && canAsk(answer.value);
  };
  const execute: Execute = async (input, call) => {
    const approved = (decision: Decision) => inApp && canAsk(decision) && isApprovedInApp(call, input);
    const run = async () => finalOutput(tool.execute?.(input, call));
    const done = await guarded(decide, () => asked(input), run, { approved, ...(verify ? { verify } : {}) });
    if (done.isErr()) throw refusalError(done.error);
    return done.value;
  };
  return { ...tool, ...(inApp ? { needsApproval } : {}), execute };
}

/** A yes in the application is enough for it. */
const canAsk = (decision: Decision): boolean =>
  decision.effect === 'approval_required' && unmetByAsking(decision).length === 0;

/** A tool may answer in pieces; the last one is its output. */
async function finalOutput(output: unknown): Promise<unknown> {
  const settled = await output;
  if (settled === null || typeof settled !== 'object' || !(Symbol.asyncIterator in settled)) return settled;
  let last: unknown;
  for await (const piece of settled as AsyncIterable<unknown>) last = piece;
  return last;
}

/** What the model is told. A tool's own error stays what it is. */
function refusalError(error: GuardError): unknown {
  if (error.kind === 'policy.function_failed') return error.cause;
  const text =
    'decision' in error && error.kind !== 'policy.unmet_obligation'
      ? refusalText(error.decision)
      : short(error.message);
  return new Error(text, { cause: error });
}
