import type { AskedAction, Decision, DecisionRequest } from '@meshclaw/core';
import { createScriptedPolicy, createWorld, type ScriptedAnswer } from '@meshclaw/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { openPolicy } from '../open-policy.js';
import { type Decide, decideWith } from './decide.js';
import { guard } from './guard.js';

const CANCEL: AskedAction = { name: 'order.cancel', class: 'write', properties: { order: 'o-1' } };
const subject = { type: 'agent', id: 'shop' } as const;
const answering = (answer: (request: DecisionRequest) => ScriptedAnswer): Decide =>
  decideWith(createScriptedPolicy(answer), { subject });
const broken = (decide: (request: DecisionRequest) => unknown): Decide =>
  decideWith({ decide: decide as (request: DecisionRequest) => Promise<Decision> }, { subject });
const whole = async (request: DecisionRequest) => createScriptedPolicy(() => 'read_state').decide(request);

describe('a guarded function', () => {
  it('runs when policy allows it, with the decision it runs on', async () => {
    const run = vi.fn((decision: Decision) => decision.effect);
    expect(
      (
        await guard(
          answering(() => 'read_state'),
          CANCEL,
          run,
        )
      )._unsafeUnwrap(),
    ).toBe('read_state');
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('is not called when policy denies it or asks for an approval', async () => {
    const run = vi.fn();
    const denied = await guard(
      answering(() => 'deny'),
      CANCEL,
      run,
    );
    expect(denied._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.denied', decision: { effect: 'deny' } });
    const asked = await guard(
      answering(() => 'approval_required'),
      CANCEL,
      run,
    );
    expect(asked._unsafeUnwrapErr().kind).toBe('policy.approval_required');
    expect(run).not.toHaveBeenCalled();
  });

  it('is not called when what policy demands beside the effect cannot be done', async () => {
    const run = vi.fn();
    const demands = (type: string) =>
      answering(() => ({ effect: 'auto_safe', obligations: [{ id: 'x', type, parameters: {} }] }));
    for (const type of ['verify', 'notify_somebody']) {
      const refused = (await guard(demands(type), CANCEL, run))._unsafeUnwrapErr();
      expect(refused).toMatchObject({ kind: 'policy.unmet_obligation', obligations: [type] });
    }
    expect((await guard(demands('notify_somebody'), CANCEL, run, { verify: () => true })).isErr()).toBe(true);
    expect(run).not.toHaveBeenCalled();
  });

  it('is looked at afterwards when policy demands it, and what does not hold is an error', async () => {
    const verify = { id: 'change.verify', type: 'verify', parameters: {} };
    const decide = answering(() => ({ effect: 'auto_safe', obligations: [verify] }));
    expect((await guard(decide, CANCEL, () => 7, { verify: (value) => value === 7 }))._unsafeUnwrap()).toBe(7);
    const looks = [
      () => false,
      () => {
        throw new Error('gone');
      },
      () => 'yes' as unknown as boolean,
    ];
    for (const look of looks) {
      const kind = (await guard(decide, CANCEL, () => 7, { verify: look }))._unsafeUnwrapErr().kind;
      expect(kind).toBe('policy.unverified');
    }
  });

  it('answers its own failure as an error, thrown or rejected', async () => {
    const cause = new Error('no such order');
    for (const run of [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
    ]) {
      const failed = await guard(
        answering(() => 'read_state'),
        CANCEL,
        run,
      );
      expect(failed._unsafeUnwrapErr()).toMatchObject({ kind: 'policy.function_failed', cause });
    }
  });

  it.each<[string, (request: DecisionRequest) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['throws no error', () => Promise.reject('broken')],
    ['answers nothing', async () => undefined],
    ['answers something else', async () => ({ allowed: true })],
    ['answers an effect that there is not', async (request) => ({ ...(await whole(request)), effect: 'allow' })],
    ['calls a denial allowed', async (request) => ({ ...(await whole(request)), effect: 'deny', allowed: true })],
    ['gives no reason', async (request) => ({ ...(await whole(request)), reasons: [] })],
    ['leaves out the obligations', async (request) => ({ ...(await whole(request)), obligations: undefined })],
    ['answers another request', async (request) => ({ ...(await whole(request)), requestId: 'req-other' })],
  ])('is not called when policy %s', async (_, decide) => {
    const run = vi.fn();
    const refused = (await guard(broken(decide), CANCEL, run))._unsafeUnwrapErr();
    expect(['policy.undecided', 'policy.refused']).toContain(refused.kind);
    expect(run).not.toHaveBeenCalled();
  });

  it('is decided by the real policy: its class where it is known, a denial where it is not', async () => {
    const policy = (await openPolicy({ operations: { 'order.find': 'read' } }))._unsafeUnwrap();
    const decide = decideWith(policy, { subject });
    expect((await guard(decide, { name: 'order.find', class: 'read' }, () => 'found'))._unsafeUnwrap()).toBe('found');
    const unknown = (await guard(decide, CANCEL, () => 'done'))._unsafeUnwrapErr();
    expect(unknown).toMatchObject({ kind: 'policy.denied', decision: { reasons: [{ rule: 'authz.unmatched' }] } });
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const unreadable = { name: 'order.find', class: 'read', properties: cyclic } as unknown as AskedAction;
    expect((await guard(decide, unreadable, () => 'done'))._unsafeUnwrapErr().kind).toBe('policy.denied');
  });
});

describe('a guard with a mesh', () => {
  it('keeps each decision as evidence before the function runs', async () => {
    const { agent, ledger } = createWorld(() => 'read_state');
    const seen = (await guard(agent.decide, CANCEL, () => ledger.records.length))._unsafeUnwrap();
    expect(seen).toBe(1);
    expect(ledger.records).toMatchObject([
      { type: 'decision.made', operation: 'order.cancel', body: { effect: 'read_state', mode: 'execute' } },
    ]);
  });

  it('is not called when the decision cannot be kept', async () => {
    const { agent, ledger } = createWorld(() => 'read_state');
    ledger.failAppends(() => true);
    const run = vi.fn();
    expect((await guard(agent.decide, CANCEL, run))._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.refused',
      refusal: { kind: 'evidence_unavailable' },
    });
    expect(run).not.toHaveBeenCalled();
  });
});
