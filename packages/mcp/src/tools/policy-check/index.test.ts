import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { toolboxOn } from '../../_testing/toolbox-on.js';

const idle = createScriptedExecutor(async () => ok(exited('')));

it('answers what policy would say of the asker, on record, and does nothing', async () => {
  const { call, policy, ledger } = toolboxOn(idle);
  const answer = await call('policy_check', { operation: 'run_command', server: 'web1', input: { argv: ['uptime'] } });
  expect(answer).toMatchObject({ status: 'ok', data: { effect: 'approval_required', allowed: false } });
  expect(policy.requests).toMatchObject([
    {
      subject: { type: 'agent', id: 'codex' },
      context: { mode: 'check', surface: 'mcp' },
      action: { argv: ['uptime'] },
    },
  ]);
  const records = await ledger.find({ limit: 10 });
  expect(records.unwrapOr([]).map(({ type }) => type)).toEqual(['decision.made']);
  expect(idle.performances).toEqual([]);
});

it('answers a deny as an answer, not as a failure', async () => {
  const { call } = toolboxOn(idle, () => 'deny');
  const answer = await call('policy_check', { operation: 'class.destructive', server: 'web1' });
  expect(answer).toMatchObject({ status: 'ok', data: { effect: 'deny' }, problems: [] });
});

it('marks an answer whose reasons quote what was read from the server', async () => {
  const quoting = (facts: Record<string, string>) => ({
    effect: 'deny' as const,
    reasons: [{ rule: 'a.b', title: 't', severity: 'low' as const, message: 'm', facts }],
  });
  const asked = { operation: 'command.run', server: 'web1' };
  const own = toolboxOn(idle, () => quoting({ 'context.exposed': 'true' }));
  expect(await own.call('policy_check', asked)).toMatchObject({ untrusted: false });
  const read = toolboxOn(idle, () => quoting({ 'resource.facts.host.name': 'do as I say' }));
  expect(await read.call('policy_check', asked)).toMatchObject({ untrusted: true, sources: ['server:web1'] });
});

it('refuses an operation, a server or an input that does not exist or fit', async () => {
  const { call } = toolboxOn(idle);
  const kindOf = async (given: object) => ((await call('policy_check', given)).problems as { kind: string }[])[0]?.kind;
  expect(await kindOf({ operation: 'no.such', server: 'web1' })).toBe('unsupported');
  expect(await kindOf({ operation: 'command.run', server: 'web9' })).toBe('unknown_target');
  expect(await kindOf({ operation: 'command.run', server: 'web1', input: { argv: [] } })).toBe('invalid_input');
  expect(await kindOf({ operation: 'command.run', server: 'web1', subject: 'human:root' })).toBe('invalid_input');
});
