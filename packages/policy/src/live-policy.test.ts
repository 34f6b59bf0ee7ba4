import { ok } from 'neverthrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './_testing/owner-folder.js';
import { livePolicy } from './live-policy.js';
import { openPolicy, type Policy } from './open-policy.js';

let first: Policy;
let other: Policy;
beforeAll(async () => {
  first = (await openPolicy())._unsafeUnwrap();
  other = (await openPolicy({ pack: 'production' }))._unsafeUnwrap();
});
const read = ask('host.facts', 'read');

function setUp(open: () => ReturnType<typeof openPolicy>) {
  const seen = { state: 'a', ms: 0, looks: 0, opened: 0, failed: [] as string[] };
  const live = livePolicy({
    first,
    state: seen.state,
    look: () => {
      seen.looks += 1;
      if (seen.state === 'gone') throw Object.assign(new Error('no'), { code: 'EACCES' });
      return seen.state;
    },
    now: () => seen.ms,
    open: async () => {
      seen.opened += 1;
      return (await open()).mapErr(({ kind }) => kind);
    },
    onReplaced: async () => ok(undefined),
    onFailed: async (detail) => void seen.failed.push(detail),
  });
  return { live, seen };
}
const production = () => openPolicy({ pack: 'production' });
const broken = () => openPolicy({ pack: 'none' as never });

describe('a policy that is kept current', () => {
  it('looks at its sources once a second at most, and opens them only when they are others', async () => {
    const { live, seen } = setUp(production);
    for (let n = 0; n < 100; n += 1) await live.decide(read);
    seen.ms = 1_000;
    for (let n = 0; n < 100; n += 1) await live.decide(read);
    expect([seen.looks, seen.opened]).toEqual([1, 0]);
  });

  it('decides by the new one what is asked after the look, also what is asked meanwhile', async () => {
    const { live, seen } = setUp(production);
    [seen.state, seen.ms] = ['b', 1_000];
    const decisions = await Promise.all([live.decide(read), live.decide(read), live.decide(read)]);
    expect(decisions.map(({ policyDigest }) => policyDigest)).toEqual([other.digest, other.digest, other.digest]);
    expect([seen.opened, live.digest, live.alarms?.()]).toEqual([1, other.digest, []]);
  });

  it('keeps the last good one, tries what is no good once, and says so until there is a good one', async () => {
    let open = broken;
    const { live, seen } = setUp(() => open());
    [seen.state, seen.ms] = ['b', 1_000];
    for (let n = 0; n < 5; n += 1) {
      seen.ms += 1_000;
      const decision = await live.decide(read);
      expect([decision.effect, decision.policyDigest]).toEqual(['read_state', first.digest]);
      expect(decision.reasons.at(-1)).toMatchObject({ rule: 'policy.reload_failed', severity: 'high' });
    }
    expect([seen.opened, seen.failed]).toEqual([1, ['policy.unknown_pack']]);
    open = production;
    [seen.state, seen.ms] = ['c', 9_000];
    expect((await live.decide(read)).policyDigest).toBe(other.digest);
    expect(live.alarms?.()).toEqual([]);
  });

  it('takes sources that cannot be looked at for changed ones', async () => {
    const { live, seen } = setUp(broken);
    [seen.state, seen.ms] = ['gone', 1_000];
    expect((await live.decide(read)).reasons.map(({ rule }) => rule)).toContain('policy.reload_failed');
  });
});
