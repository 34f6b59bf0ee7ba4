/** A `PreToolUse` hook of Claude Code: one tool call in, `allow`, `ask` or `deny` out. Whatever is not understood is not allowed. */

import type { Decision } from '@meshclaw/core';
import { type Decide, decided } from '../decide.js';
import { unmetByAsking, unmetByDoing } from '../obligations.js';
import { refusalText, short } from '../refusal-text.js';
import { type HookInput, hookInput, readCall } from './tool-call.js';

export interface HookOptions {
  readonly decide: Decide;
  /** False denies what a person would be asked. Nobody is asked either in the modes of Claude Code that do not ask. */
  readonly asks?: boolean;
}
/** What a hook prints, exactly. */
export interface HookAnswer {
  readonly hookSpecificOutput: {
    readonly hookEventName: 'PreToolUse';
    readonly permissionDecision: 'allow' | 'ask' | 'deny';
    readonly permissionDecisionReason: string;
  };
}
interface Answer {
  readonly is: 'allow' | 'ask' | 'deny';
  readonly why: string;
}

/** Modes in which Claude Code asks; in another one, `ask` may be no question at all. */
const ASKING_MODES = ['default', 'plan', 'acceptEdits'];

/** The answer to one call, as text of JSON. Never rejects: what cannot be read or decided is denied. */
export async function hookAnswer(text: string, { decide, asks = true }: HookOptions): Promise<HookAnswer> {
  const input = parsed(text);
  if (input === undefined) return told({ is: 'deny', why: 'this is not a tool call that can be read' });
  const answer = await answerTo(input, decide);
  const mode = input.permission_mode ?? 'default';
  if (answer.is === 'ask' && !(asks && ASKING_MODES.includes(mode)))
    return told({ is: 'deny', why: `${answer.why} (nobody can be asked here)` });
  return told(answer);
}

function parsed(text: string): HookInput | undefined {
  try {
    return hookInput.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function answerTo(input: HookInput, decide: Decide): Promise<Answer> {
  try {
    const call = readCall(input);
    if (call === undefined) return { is: 'ask', why: `policy knows nothing about the tool ${input.tool_name}` };
    const answer = await decided(decide, () => call.action);
    if (answer.isErr()) return { is: 'deny', why: answer.error.message };
    const said = answerOf(answer.value);
    return said.is === 'allow' && !call.whole
      ? { is: 'ask', why: `the call of ${input.tool_name} says more than policy knows` }
      : said;
  } catch {
    return { is: 'deny', why: `the input of ${input.tool_name} is not what this tool takes` };
  }
}

function answerOf(decision: Decision): Answer {
  switch (decision.effect) {
    case 'deny':
      return { is: 'deny', why: refusalText(decision) };
    case 'approval_required':
      return unmetByAsking(decision).length === 0
        ? { is: 'ask', why: refusalText(decision) }
        : { is: 'deny', why: `${refusalText(decision)}. A yes in this program is too weak for it` };
    case 'read_state':
    case 'auto_safe':
      return unmetByDoing(decision, false).length === 0
        ? { is: 'allow', why: `allowed by policy: ${decision.reasons.map(({ rule }) => rule).join(', ')}` }
        : { is: 'deny', why: 'policy allows this only with something that cannot be done here' };
  }
}

const told = ({ is, why }: Answer): HookAnswer => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: is,
    permissionDecisionReason: short(`meshclaw: ${why}`),
  },
});
