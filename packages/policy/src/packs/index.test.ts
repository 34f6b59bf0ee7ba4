import type { DecisionRequest } from '@meshclaw/core';
import { describe, expect, it } from 'vitest';
import { openPolicy } from '../open-policy.js';
import type { Pack } from './index.js';

const asked = (action: DecisionRequest['action'], properties = {}): DecisionRequest => ({
  requestId: 'req-1',
  subject: { type: 'human', id: 'dana' },
  action,
  resource: { type: 'server', id: 'web1', properties, facts: {} },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'check',
    surface: 'cli',
    freeze: false,
    exposed: false,
    recent: { [action.name]: 0 },
  },
});
const read = asked({ name: 'class.read', class: 'read', properties: {} });
const destroy = asked({ name: 'class.destructive', class: 'destructive', properties: {} });

describe('a pack', () => {
  it('is homelab when none is named', async () => {
    const [none, homelab] = [await openPolicy(), await openPolicy({ pack: 'homelab' })];
    expect(none._unsafeUnwrap().digest).toBe(homelab._unsafeUnwrap().digest);
    expect((await none._unsafeUnwrap().decide(destroy)).obligations).toEqual([
      { id: 'approval.method', type: 'approval_method', parameters: { minimum: 'signature' } },
    ]);
  });

  it('of production asks for two people and a touched key before anything is destroyed', async () => {
    const policy = (await openPolicy({ pack: 'production' }))._unsafeUnwrap();
    expect(await policy.decide(destroy)).toMatchObject({
      effect: 'approval_required',
      obligations: [
        { type: 'four_eyes', parameters: { signers: 2 } },
        { type: 'approval_method', parameters: { minimum: 'presence' } },
      ],
    });
  });

  it('of a homelab permits bounded grants for plain writes, and no other one permits any', async () => {
    const write = asked({ name: 'class.write', class: 'write', properties: {} });
    const permitted = async (pack: Pack, request: DecisionRequest) => {
      const { obligations } = await (await openPolicy({ pack }))._unsafeUnwrap().decide(request);
      return obligations.find(({ type }) => type === 'approval_method')?.parameters.bounded_uses;
    };
    expect([await permitted('homelab', write), await permitted('production', write)]).toEqual([20, undefined]);
    for (const kind of ['destructive', 'spend', 'secret'] as const) {
      expect(await permitted('homelab', asked({ name: `class.${kind}`, class: kind, properties: {} }))).toBeUndefined();
    }
  });

  it('of looking only allows reads and denies every change', async () => {
    const policy = (await openPolicy({ pack: 'read-only' }))._unsafeUnwrap();
    expect((await policy.decide(read)).effect).toBe('read_state');
    const denied = await policy.decide(destroy);
    expect(denied).toMatchObject({ effect: 'deny', reasons: [{ rule: 'any.read_only' }] });
  });

  it('has a digest of its own', async () => {
    const digests = new Set<string>();
    for (const pack of ['homelab', 'production', 'read-only'] as const)
      digests.add((await openPolicy({ pack }))._unsafeUnwrap().digest);
    expect(digests.size).toBe(3);
  });

  it('with an unknown name is refused', async () => {
    for (const pack of ['lax', '__proto__', 'toString']) {
      expect((await openPolicy({ pack: pack as never }))._unsafeUnwrapErr().kind).toBe('policy.unknown_pack');
    }
  });
});
