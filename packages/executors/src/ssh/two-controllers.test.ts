// Two controllers that know nothing of each other but the server they change.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  command,
  createMeshClaw,
  defineChange,
  defineRead,
  type Inventory,
  type Session,
  type Target,
} from '@meshclaw/core';
import { createMemoryLedger, createScriptedPolicy } from '@meshclaw/core/testing';
import { ok, okAsync } from 'neverthrow';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { z } from 'zod';
import { itUnless } from './_testing/it-unless.js';
import { type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

let server: Sshd;
beforeAll(async () => {
  if (whyNoSshd() === undefined) server = await startSshd();
});
afterAll(() => server?.stop());

const file = z.strictObject({ file: z.string() });
const value = z.strictObject({ value: z.int() });
const counterRead = defineRead({
  ...{
    name: 'counter.read',
    title: 'Read the counter',
    description: 'Answers its value.',
    on: 'server',
    via: 'command',
  },
  input: file,
  output: value,
  action: ({ file: path }) => command(['cat', path]),
  parse: (outcome) => ok({ value: Number(outcome.stdout.text) }),
});
/** Writes one more than what was seen: whoever looked at the same value loses what the other wrote. */
const counterAdd = defineChange({
  ...{ name: 'counter.add', title: 'Add one', description: 'Adds one to the counter.', on: 'server', via: 'command' },
  ...{ class: 'write', idempotent: false, dryRun: 'none', undo: { none: 'a toy' } },
  input: file,
  output: z.strictObject({}),
  observes: { operation: counterRead, input: (input) => input, pick: (seen) => seen },
  action: ({ file: path }, _platform, before) => {
    const { value: seen } = value.parse(before);
    return command(['sh', '-c', 'sleep 0.1; echo "$2" >"$1"', 'add', path, String(seen + 1)]);
  },
  parse: () => ok({}),
  verify: {
    operation: counterRead,
    input: (input) => input,
    holds: (after, { before }) => after.value === value.parse(before).value + 1,
    attempts: 1,
    everyMs: 1,
  },
});

describe('two controllers with a ledger each', () => {
  itUnless(whyNoSshd())('change one server one after the other, and none overwrites what the other did', async () => {
    const path = join(server.folder, 'counter');
    writeFileSync(path, '0\n');
    const target: Target = {
      ...{ id: 'web1', kind: 'server' as const, platform: {}, properties: {} },
      reach: [{ executor: 'ssh', settings: server.settings() }],
    };
    const inventory: Inventory = { target: () => okAsync(target), targets: () => okAsync([target]) };
    const executors = [ssh(), ssh()];
    const sessions = executors.map((executor): Session => {
      const policy = createScriptedPolicy(() => 'auto_safe');
      const parts = { policy, ledger: createMemoryLedger(), inventory, executors: [executor] };
      const operations = { 'counter.read': async () => counterRead, 'counter.add': async () => counterAdd };
      const mesh = createMeshClaw({ ...parts, operations })._unsafeUnwrap();
      return mesh.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
    });
    const each = Array.from({ length: 4 }, () => sessions).flat();
    const done = await Promise.all(each.map((session) => session.perform(counterAdd, 'web1', { file: path })));
    expect(done.map((one) => one.map(() => 'done').unwrapOr('not done'))).toEqual(each.map(() => 'done'));
    expect(readFileSync(path, 'utf8')).toBe(`${each.length}\n`);
    await Promise.all(executors.map((executor) => executor.close?.()));
  });
});
