import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { ok, okAsync } from 'neverthrow';
import { expect, it } from 'vitest';
import { allowAll, toolboxOn } from '../../_testing/toolbox-on.js';
import { evidenceList } from './index.js';

const speaking = createScriptedExecutor(async () => ok(exited('words of the server')));

it('answers the newest records first, without what servers wrote', async () => {
  const { call } = toolboxOn(speaking, allowAll);
  await call('run_evidence', { server: 'web1', argv: ['hostname'] });
  const answer = await call('evidence_list');
  expect(answer.data.records).toMatchObject([
    { id: '2', type: 'execution.finished', outcome: 'exited', target: 'web1', operation: 'command.run' },
    { id: '1', type: 'execution.intended' },
    { id: '0', type: 'decision.made', effect: 'auto_safe', subject: 'agent:codex' },
  ]);
  expect(answer.untrusted).toBe(false);
  expect(JSON.stringify(answer)).not.toContain('words of the server');
});

it('answers one record whole, marked', async () => {
  const { call } = toolboxOn(speaking, allowAll);
  await call('run_evidence', { server: 'web1', argv: ['hostname'] });
  const answer = await call('evidence_list', { bodies: true, before: 3, limit: 1 });
  expect(answer).toMatchObject({ untrusted: true, sources: ['ledger'], data: { records: [{ id: '2' }] } });
  expect(JSON.stringify(answer)).toContain('words of the server');
});

it('asks the ledger only for what was asked', async () => {
  const asked: unknown[] = [];
  const records = {
    find: (query: unknown) => {
      asked.push(query);
      return okAsync([]);
    },
  };
  const given = evidenceList.input.parse({ types: ['decision.made'], server: 'web1', since: '2026-01-02T03:04:05Z' });
  await evidenceList.run(given, { records } as never);
  expect(asked).toEqual([
    { types: ['decision.made'], target: 'web1', since: '2026-01-02T03:04:05Z', limit: 20, order: 'newest_first' },
  ]);
});

it.each([
  [{ types: ['decision.mad'] }, /^types: is one of policy.loaded/],
  [{ limit: 11, bodies: true }, /^limit: at most 10/],
  [{ limit: 101 }, /^limit: /],
  [{ since: 'yesterday' }, /^since: /],
  [{ before: -1 }, /^before: /],
])('refuses %j and names the field', async (given, complaint) => {
  const { call } = toolboxOn(speaking);
  const { problems } = await call('evidence_list', given);
  expect((problems as { issues: string[] }[])[0]?.issues.join('\n')).toMatch(complaint);
});
