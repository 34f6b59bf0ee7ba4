import { errAsync } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../_testing/world.js';
import type { AskedAction } from '../decision.js';

const REFUND: AskedAction = {
  name: 'invoice.refund',
  class: 'write',
  properties: { amount: 5 },
  resource: { type: 'shop', id: 'main', properties: { region: 'eu' } },
};

describe('a decision about what the caller does itself', () => {
  it('is answered as policy says, after it was stored', async () => {
    const { agent, ledger, policy } = createWorld(() => 'auto_safe');
    const decision = (await agent.decide(REFUND))._unsafeUnwrap();
    expect(decision).toMatchObject({ effect: 'auto_safe', allowed: true });
    expect(policy.requests[0]).toMatchObject({
      subject: { type: 'agent', id: 'codex' },
      action: { name: 'invoice.refund', class: 'write', properties: { amount: 5 } },
      resource: { type: 'shop', id: 'main', properties: { region: 'eu' } },
      context: { mode: 'execute', freeze: false, recent: { 'invoice.refund': 0 } },
    });
    expect(ledger.records).toMatchObject([
      { type: 'decision.made', subject: 'agent:codex', target: 'main', operation: 'invoice.refund' },
    ]);
  });

  it('is about the program itself where nothing is named', async () => {
    const { agent, policy } = createWorld(() => 'deny');
    (await agent.decide({ name: 'mail.send', class: 'write' }))._unsafeUnwrap();
    expect(policy.requests[0]?.resource).toEqual({ type: 'program', id: 'self', properties: {}, facts: {} });
  });

  it('takes what the inventory knows about from the inventory, whatever the caller says', async () => {
    const { agent, policy } = createWorld();
    const claimed = { type: 'toy', id: 'web1', properties: { environment: 'sandbox' } };
    (await agent.decide({ ...REFUND, resource: claimed }))._unsafeUnwrap();
    expect(policy.requests[0]?.resource).toMatchObject({ type: 'server', id: 'web1' });
    expect(policy.requests[0]?.resource.properties).not.toHaveProperty('environment');
  });

  it('counts how often the same was asked for in the last hour', async () => {
    const { agent, policy, clock } = createWorld(() => 'auto_safe');
    (await agent.decide(REFUND))._unsafeUnwrap();
    (await agent.decide(REFUND))._unsafeUnwrap();
    (await agent.decide(REFUND))._unsafeUnwrap();
    clock.advance(3_600_001);
    (await agent.decide(REFUND))._unsafeUnwrap();
    expect(policy.requests.map(({ context }) => context.recent['invoice.refund'])).toEqual([0, 1, 2, 0]);
  });

  it('sees a freeze, and one that came while policy was asked refuses', async () => {
    const { agent, ledger, policy } = createWorld(() => 'auto_safe');
    (await ledger.append([{ type: 'freeze.set', body: {} }]))._unsafeUnwrap();
    (await agent.decide(REFUND))._unsafeUnwrap();
    expect(policy.requests[0]?.context.freeze).toBe(true);

    const raced = createWorld(() => {
      void raced.ledger.append([{ type: 'freeze.set', body: {} }]);
      return 'auto_safe';
    });
    expect((await raced.agent.decide(REFUND))._unsafeUnwrapErr()).toMatchObject({ kind: 'refused', why: 'overtaken' });
  });

  it('is none when it cannot be kept, or when the ledger cannot be read', async () => {
    const { agent, ledger } = createWorld(() => 'auto_safe');
    ledger.failAppends(() => true);
    expect((await agent.decide(REFUND))._unsafeUnwrapErr().kind).toBe('evidence_unavailable');
    ledger.count = () => errAsync({ kind: 'unavailable', message: 'gone' });
    expect((await agent.decide(REFUND))._unsafeUnwrapErr().kind).toBe('evidence_unavailable');
  });

  it('keeps no secret that the caller passed', async () => {
    const { agent, ledger } = createWorld(() => 'deny');
    (await agent.decide({ ...REFUND, properties: { text: 'password=hunter2hunter2' } }))._unsafeUnwrap();
    expect(JSON.stringify(ledger.records)).not.toContain('hunter2hunter2');
  });
});
