/** The examples of the guide "Guard an agent" are the files beside this test, and they run. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateText } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createShell, type Shell } from '../ci/shell.js';

const text = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
let shell: Shell;
let printed: unknown[][];
beforeEach(async () => {
  shell = await createShell();
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(words));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await shell.remove();
});

test('the code of the guide is these files, word for word', async () => {
  const guide = await text('../../docs/guides/guard-an-agent.md');
  const blocks = [...guide.matchAll(/^```(?:ts|json)\n(.*?)^```$/gms)].map(([, code]) => code);
  expect(blocks).toEqual(await Promise.all(['settings.json', 'ai-sdk.ts', 'function.ts', 'mesh.ts'].map(text)));
});

test('a function runs when policy allows it, and not when it asks for an approval', async () => {
  await import('./function.js');
  expect(printed).toEqual([
    ['found', 'open'],
    ['policy.approval_required', 'open'],
  ]);
});

test('with a mesh the decision is evidence', async () => {
  vi.stubEnv('MESHCLAW_HOME', join(shell.folder, 'home'));
  await import('./mesh.js');
  expect(printed).toEqual([['open']]);
  const { stdout } = shell.run('meshclaw evidence list --type decision.made --json');
  expect(JSON.parse(stdout).records).toMatchObject([
    { operation: 'order.find', subject: 'agent:shop-assistant', target: 'self', body: { effect: 'read_state' } },
  ]);
});

describe('tools of the AI SDK', () => {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const calling = (toolName: string) =>
    new MockLanguageModelV3({
      doGenerate: async () => ({
        content: [{ type: 'tool-call', toolCallId: 'call-1', toolName, input: '{"order":"o-1"}' }],
        finishReason: { unified: 'tool-calls', raw: undefined },
        usage,
        warnings: [],
      }),
    });

  test('read at once, and a change waits for the person in the application', async () => {
    const { tools } = await import('./ai-sdk.js');
    const read = await generateText({ model: calling('findOrder'), tools, prompt: 'where is it' });
    expect(read.toolResults).toMatchObject([{ output: 'o-1 is open' }]);
    const asked = await generateText({ model: calling('cancelOrder'), tools, prompt: 'cancel it' });
    expect(asked.toolResults).toEqual([]);
    expect(asked.content.map(({ type }) => type)).toContain('tool-approval-request');
  });
});

describe('the hook of the settings', () => {
  const command = async () => {
    const { hooks } = JSON.parse(await text('settings.json')) as {
      hooks: { PreToolUse: [{ matcher: string; hooks: [{ command: string; onFailure: string }] }] };
    };
    const [{ matcher, hooks: handlers }] = hooks.PreToolUse;
    return { matcher: new RegExp(`^(?:${matcher})$`), line: handlers[0].command };
  };
  const piped = (line: string, words: string) => {
    const tool_input = { command: words };
    const call = { hook_event_name: 'PreToolUse', cwd: '/', tool_name: 'Bash', tool_input };
    return `printf '%s' '${JSON.stringify(call)}' | (${line})`;
  };

  test('answers a read, blocks what policy denies, and blocks when there is no meshclaw', async () => {
    const { line } = await command();
    const allowed = shell.run(piped(line, 'df -h'));
    expect([allowed.code, allowed.stdout]).toEqual([0, expect.stringContaining('"permissionDecision":"allow"')]);
    expect(shell.run(piped(line, 'rm -rf /')).code).toBe(2);
    expect(shell.run(piped(line, 'df -h'), { PATH: '/usr/bin:/bin' }).code).toBe(2);
  });

  test('is asked about every tool that reaches the machine or another server', async () => {
    const { matcher } = await command();
    for (const name of ['Bash', 'Read', 'Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'Grep', 'mcp__github__merge'])
      expect(matcher.test(name), name).toBe(true);
  });
});
