/** With the real `ai` package, in the two versions that have tool approval, and its own mock of a language model. */

import type { DecisionRequest } from '@meshclaw/core';
import { createScriptedPolicy, createWorld, type ScriptedAnswer } from '@meshclaw/core/testing';
import * as ai6 from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import * as ai7 from 'ai-7';
import { MockLanguageModelV4 } from 'ai-7/test';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openPolicy } from '../open-policy.js';
import { type GuardToolsOptions, guardTools } from './ai-sdk.js';
import { decideWith } from './decide.js';

const subject = { type: 'agent', id: 'shop' } as const;
const INPUT = { order: 'o-1', cents: 500 };
const verify = { id: 'change.verify', type: 'verify', parameters: {} };

/** What both versions have, as far as these tests use it. */
interface Sdk {
  readonly generateText: (options: Record<string, unknown>) => Promise<{
    readonly content: readonly Record<string, unknown>[];
    readonly text: string;
    readonly response: { readonly messages: readonly unknown[] };
    readonly responseMessages?: readonly unknown[];
  }>;
  readonly stepCountIs?: (count: number) => unknown;
}
const SDKS = [
  ['6', ai6 as unknown as Sdk, MockLanguageModelV3],
  ['7', ai7 as unknown as Sdk, MockLanguageModelV4],
] as const;

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const calls = (input: unknown = INPUT) => ({
  content: [{ type: 'tool-call', toolCallId: 'call-1', toolName: 'cancel', input: JSON.stringify(input) }],
  finishReason: { unified: 'tool-calls', raw: undefined },
  usage,
  warnings: [],
});
const says = (text: string) => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: undefined },
  usage,
  warnings: [],
});

/** One tool behind a policy that answers as a test says. */
function shop(
  answer: (request: DecisionRequest) => ScriptedAnswer,
  approvals: 'refused' | 'in_app' = 'refused',
  more: { readonly verify?: (output: unknown) => boolean } = {},
) {
  const cancelled = vi.fn(async ({ order }: typeof INPUT) => `cancelled ${order}`);
  const policy = createScriptedPolicy(answer);
  const tool = {
    description: 'cancels',
    inputSchema: z.object({ order: z.string(), cents: z.number() }),
    execute: cancelled,
  };
  const tools = guardTools(
    { cancel: tool },
    {
      decide: decideWith(policy, { subject }),
      actions: {
        cancel: { action: (input) => ({ name: 'order.cancel', class: 'write', properties: { ...input } }), ...more },
      },
      approvals,
    },
  )._unsafeUnwrap();
  return { tools, cancelled, policy };
}

describe.each(SDKS)('tools of the AI SDK %s', (_, sdk, Model) => {
  const ask = (tools: object, messages: readonly unknown[], ...answers: readonly object[]) => {
    let at = 0;
    const model = new Model({ doGenerate: (async () => answers[at++] ?? says('end')) as never });
    return sdk.generateText({ model, tools, messages });
  };
  const USER = { role: 'user', content: 'cancel my order' };
  const part = (content: readonly Record<string, unknown>[], type: string) => content.find((one) => one.type === type);

  it('execute when policy allows it, on the input that the schema parsed', async () => {
    const { tools, cancelled, policy } = shop(() => 'read_state');
    const { content } = await ask(tools, [USER], calls());
    expect(part(content, 'tool-result')).toMatchObject({ output: 'cancelled o-1' });
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(policy.requests[0]?.action).toEqual({ name: 'order.cancel', class: 'write', properties: INPUT });
  });

  it.each([
    ['denies it', 'deny' as const, 'denied by policy: as the test says (test.scripted)'],
    ['asks for an approval', 'approval_required' as const, 'policy asks for the approval of a person'],
  ])('do not execute when policy %s, and the model is told why', async (__, effect, text) => {
    const { tools, cancelled } = shop(() => effect);
    const { content } = await ask(tools, [USER], calls());
    expect(String(part(content, 'tool-error')?.error)).toContain(text);
    expect(part(content, 'tool-approval-request')).toBeUndefined();
    expect(cancelled).not.toHaveBeenCalled();
  });

  it('do not execute when policy throws or answers no decision', async () => {
    for (const broken of [
      () => {
        throw new Error('broken');
      },
      () => ({ effect: 'read_state', allowed: 'yes' }) as never,
    ]) {
      const { tools, cancelled } = shop(broken, 'in_app');
      const { content } = await ask(tools, [USER], calls());
      expect(part(content, 'tool-error')).toBeDefined();
      expect(cancelled).not.toHaveBeenCalled();
    }
  });

  it('wait for the person in the application where that is enough, and then execute once', async () => {
    const { tools, cancelled } = shop(() => 'approval_required', 'in_app');
    const first = await ask(tools, [USER], calls());
    expect(cancelled).not.toHaveBeenCalled();
    const request = part(first.content, 'tool-approval-request');
    const answered = (approved: boolean) => [
      USER,
      ...(first.responseMessages ?? first.response.messages),
      { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: request?.approvalId, approved }] },
    ];
    await ask(tools, answered(false), says('a pity'));
    expect(cancelled).not.toHaveBeenCalled();
    await ask(tools, answered(true), says('done'));
    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  it('do not execute what was approved with another input or for another call', async () => {
    const { tools, cancelled } = shop(() => 'approval_required', 'in_app');
    const execute = tools.cancel.execute as unknown as (input: unknown, call: unknown) => Promise<unknown>;
    const { content, response, responseMessages } = await ask(tools, [USER], calls());
    const approvalId = part(content, 'tool-approval-request')?.approvalId;
    const yes = { role: 'tool', content: [{ type: 'tool-approval-response', approvalId, approved: true }] };
    const messages = [USER, ...(responseMessages ?? response.messages), yes];
    await expect(execute({ ...INPUT, cents: 5_000 }, { toolCallId: 'call-1', messages })).rejects.toThrow(/approval/);
    await expect(execute(INPUT, { toolCallId: 'call-2', messages })).rejects.toThrow(/approval/);
    await expect(execute(INPUT, { toolCallId: 'call-1', messages: 'all of them' })).rejects.toThrow(/approval/);
    expect(cancelled).not.toHaveBeenCalled();
  });

  it('do not execute after a yes in the application when policy denies it meanwhile, or demands more', async () => {
    const four = { id: 'approval.four_eyes', type: 'four_eyes', parameters: { signers: 2 } };
    const touch = { id: 'approval.method', type: 'approval_method', parameters: { minimum: 'presence' } };
    for (const stricter of [
      'deny' as const,
      { effect: 'approval_required' as const, obligations: [four] },
      { effect: 'approval_required' as const, obligations: [touch] },
    ]) {
      let answer: ScriptedAnswer = 'approval_required';
      const { tools, cancelled } = shop(() => answer, 'in_app');
      const first = await ask(tools, [USER], calls());
      const approvalId = part(first.content, 'tool-approval-request')?.approvalId;
      answer = stricter;
      const yes = { role: 'tool', content: [{ type: 'tool-approval-response', approvalId, approved: true }] };
      await ask(tools, [USER, ...(first.responseMessages ?? first.response.messages), yes], says('done'));
      expect(cancelled).not.toHaveBeenCalled();
      const again = shop(() => stricter, 'in_app');
      const { content } = await ask(again.tools, [USER], calls());
      expect(part(content, 'tool-approval-request')).toBeUndefined();
      expect(part(content, 'tool-error')).toBeDefined();
    }
  });

  it('are looked at afterwards when policy demands it', async () => {
    const demanding = () => ({ effect: 'auto_safe' as const, obligations: [verify] });
    const without = shop(demanding);
    expect(part((await ask(without.tools, [USER], calls())).content, 'tool-error')).toBeDefined();
    expect(without.cancelled).not.toHaveBeenCalled();
    const looked = shop(demanding, 'refused', { verify: (output) => output === 'cancelled o-1' });
    expect(part((await ask(looked.tools, [USER], calls())).content, 'tool-result')).toBeDefined();
  });

  it('fail as they fail, and answer the last piece of what they answer in pieces', async () => {
    const { tools, cancelled } = shop(() => 'read_state');
    cancelled.mockRejectedValueOnce(new Error('no such order'));
    expect(String(part((await ask(tools, [USER], calls())).content, 'tool-error')?.error)).toContain('no such order');
    cancelled.mockImplementationOnce(async function* () {
      yield 'looking';
      yield 'cancelled';
    } as never);
    expect(part((await ask(tools, [USER], calls())).content, 'tool-result')).toMatchObject({ output: 'cancelled' });
  });
});

describe('the guard of tools', () => {
  const decide = decideWith(
    createScriptedPolicy(() => 'read_state'),
    { subject },
  );
  const action = () => ({ name: 'order.find', class: 'read' }) as const;

  it('refuses a tool that is executed elsewhere, and one that is not described', () => {
    const elsewhere = guardTools({ find: {} }, { decide, actions: { find: { action } }, approvals: 'refused' });
    expect(elsewhere._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.unguardable_tool', tool: 'find' });
    const options = { decide, actions: {}, approvals: 'refused' } as unknown as GuardToolsOptions<{ find: object }>;
    const undescribed = guardTools({ find: { execute: () => 'found' } }, options);
    expect(undescribed._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.unguardable_tool', tool: 'find' });
  });

  it('keeps what else a tool is, and its own wish to be approved', async () => {
    const own = vi.fn(() => true);
    const find = { description: 'finds', execute: () => 'found', needsApproval: own };
    const tools = guardTools({ find }, { decide, actions: { find: { action } }, approvals: 'in_app' })._unsafeUnwrap();
    expect(tools.find.description).toBe('finds');
    expect(await (tools.find.needsApproval as unknown as () => Promise<boolean>)()).toBe(true);
  });

  it('refuses a call whose action cannot be worked out', async () => {
    const execute = vi.fn();
    const thrower = () => {
      throw new Error('no order');
    };
    const tools = guardTools(
      { find: { execute } },
      { decide, actions: { find: { action: thrower } }, approvals: 'refused' },
    );
    const guarded = tools._unsafeUnwrap().find.execute as unknown as (input: unknown, call: object) => Promise<unknown>;
    await expect(guarded({}, { toolCallId: 'call-1', messages: [] })).rejects.toThrow('policy could not be asked');
    expect(execute).not.toHaveBeenCalled();
  });

  it('puts each decision into the evidence of a mesh', async () => {
    const { agent, ledger } = createWorld(() => 'deny');
    const find = { execute: () => 'found' };
    const tools = guardTools({ find }, { decide: agent.decide, actions: { find: { action } }, approvals: 'refused' });
    const guarded = tools._unsafeUnwrap().find.execute as unknown as (input: unknown, call: object) => Promise<unknown>;
    await expect(guarded({}, { toolCallId: 'call-1', messages: [] })).rejects.toThrow('denied by policy');
    expect(ledger.records).toMatchObject([
      { type: 'decision.made', operation: 'order.find', body: { effect: 'deny' } },
    ]);
  });

  it('asks the real policy about a tool that runs commands', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const shell = { execute: ({ command }: { readonly command: string }) => `ran ${command}` };
    const tools = guardTools(
      { shell },
      {
        decide: decideWith(policy, { subject }),
        actions: {
          shell: { action: ({ command }) => ({ name: 'command.run', class: 'judged', argv: ['sh', '-c', command] }) },
        },
        approvals: 'refused',
      },
    )._unsafeUnwrap();
    const run = (command: string) =>
      (tools.shell.execute as unknown as (input: unknown, call: object) => Promise<unknown>)(
        { command },
        { toolCallId: 'c', messages: [] },
      );
    expect(await run('df -h')).toBe('ran df -h');
    await expect(run('rm -rf /')).rejects.toThrow('command.catastrophic');
    await expect(run('touch /srv/app/x')).rejects.toThrow('approval of a person');
  });
});
