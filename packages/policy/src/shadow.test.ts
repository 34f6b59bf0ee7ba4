import { toWireDecision } from '@meshclaw/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, createOwnerFolder, NO_CI, type OwnerFolder } from './_testing/owner-folder.js';
import { openPolicy } from './open-policy.js';

let owner: OwnerFolder;
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

const open = async () => (await openPolicy({ ownerFolder: owner.folder }))._unsafeUnwrap();
const ci = { subject: { type: 'ci', id: 'pipeline' } } as const;
const inShadow = NO_CI.replace('enforcement: hard', 'enforcement: shadow');

describe('a rule in shadow', () => {
  it('is told and not enforced, and enforced once it is hard', async () => {
    owner.put('rules/any/no_ci/no_ci.rego', inShadow);
    const watched = await (await open()).decide(ask('host.facts', 'read', ci));
    expect(watched).toMatchObject({
      effect: 'read_state',
      allowed: true,
      reasons: [{ rule: 'authz.class_default' }],
      wouldHave: {
        effect: 'deny',
        reasons: [
          { rule: 'any.no_ci', facts: { 'subject.type': 'ci' }, source: expect.stringMatching(/no_ci\.rego:\d+$/) },
        ],
      },
    });
    expect(watched.wouldHave?.reasons[0]).not.toHaveProperty('shadow');
    owner.put('rules/any/no_ci/no_ci.rego', NO_CI);
    const enforced = await (await open()).decide(ask('host.facts', 'read', ci));
    expect(enforced).toMatchObject({ effect: 'deny', reasons: [{ rule: 'any.no_ci' }] });
    expect(enforced).not.toHaveProperty('wouldHave');
  });

  it('changes no answer of the policy without it, for any kind of request', async () => {
    const bare = (await openPolicy())._unsafeUnwrap();
    owner.put('rules/any/no_ci/no_ci.rego', inShadow);
    const watched = await open();
    for (const request of [
      ask('host.facts', 'read', ci),
      ask('file.chmod', 'write', { ...ci, properties: { path: '/srv/a', mode: '0640' } }),
      ask('file.chmod', 'write', { ...ci, properties: { path: '/etc/passwd', mode: '0640' } }),
      ask('command.run', 'judged', { ...ci, argv: ['uptime'] }),
      ask('command.run', 'judged', { ...ci, argv: ['apt-get', 'clean'] }),
      ask('no.such', 'write', ci),
    ]) {
      const [without, beside] = [await bare.decide(request), await watched.decide(request)];
      expect(beside).toMatchObject({
        effect: without.effect,
        reasons: without.reasons,
        obligations: without.obligations,
        wouldHave: { effect: 'deny' },
      });
    }
  });

  it('is stored as would_have', async () => {
    owner.put('rules/any/no_ci/no_ci.rego', inShadow);
    const wire = toWireDecision(await (await open()).decide(ask('host.facts', 'read', ci)));
    expect(wire).toMatchObject({ effect: 'read_state', would_have: { effect: 'deny' } });
    expect(wire).not.toHaveProperty('wouldHave');
  });
});
