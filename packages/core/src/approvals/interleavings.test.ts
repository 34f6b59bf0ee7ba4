import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialSet } from '../_testing/dial.js';
import { createTestApprover, type TestApprover } from '../_testing/test-approver.js';
import { createWorld } from '../_testing/world.js';
import type { StoredRecord } from '../ledger.js';
import { foldApproval } from './fold-approval.js';

type World = ReturnType<typeof createWorld>;
type Step =
  | { readonly do: 'use' | 'apply' | 'race'; readonly value: number }
  | { readonly do: 'grant' | 'deny' | 'withdraw' | 'revoke' | 'relieve'; readonly nth: number; readonly by: number }
  | { readonly do: 'enrol' | 'remove'; readonly by: number }
  | { readonly do: 'clock'; readonly minutes: number }
  | { readonly do: 'moved' | 'freeze' | 'thaw' | 'bound' };

/** `script/test --long interleavings` plays many more. */
const RUNS = process.env.MESHCLAW_LONG === 'interleavings' ? 3_000 : 70;

const nth = fc.nat(5);
const by = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('use', 'apply', 'race'), value: fc.integer({ min: 5, max: 6 }) }),
  },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('grant' as const), nth: fc.nat(1), by: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('deny', 'withdraw', 'revoke', 'relieve'), nth, by }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('enrol', 'remove'), by }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('clock' as const), minutes: fc.constantFrom(1, 4, 9, 11, -5, -30, 1_441) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('moved', 'freeze', 'thaw', 'bound') }) },
);

/** The people, of whom as many as have to sign are enrolled to begin with. */
const people = ['dana', 'erin', 'faye'].map(createTestApprover);

async function play(
  world: World,
  { steps, signers }: { steps: readonly Step[]; signers: 1 | 2 },
): Promise<Set<string>> {
  const seen = new Set<string>();
  world.approvers.splice(0, world.approvers.length, ...people.slice(0, signers));
  for (const one of steps) {
    const done = await act(world, one, signers);
    if (done !== undefined) seen.add(done);
  }
  return seen;
}

async function act(world: World, one: Step, signers: 1 | 2): Promise<string | undefined> {
  const { agent, desk, ledger, clock, approvers, dial } = world;
  switch (one.do) {
    case 'use':
      return told(await agent.perform(dialSet, 'web1', { value: one.value }));
    case 'race': {
      const calls = ['web1', 'web1', 'web2'].map((server) => agent.perform(dialSet, server, { value: one.value }));
      for (const ended of await Promise.all(calls)) told(ended);
      return 'race';
    }
    case 'apply': {
      const plans = ledger.records.filter(({ type }) => type === 'plan.created');
      const plan = plans.at(one.value % Math.max(1, plans.length))?.plan ?? 'plan-none';
      const ended = await agent.apply(plan);
      return ended.isOk() ? `apply.${ended.value[0]?.state}` : `apply.${ended.error.kind}`;
    }
    case 'clock':
      clock.advance(one.minutes * 60_000);
      return 'clock';
    case 'moved':
      dial.value = dial.value === 1 ? 2 : 1;
      return 'moved';
    case 'freeze':
    case 'thaw':
      (
        await ledger.append([{ type: one.do === 'freeze' ? 'freeze.set' : 'freeze.cleared', body: {} }])
      )._unsafeUnwrap();
      return one.do;
    case 'enrol':
      return enrol(approvers, people[one.by]);
    case 'remove':
      approvers.splice(0, approvers.length, ...approvers.filter((other) => other !== people[one.by]));
      return 'remove';
    case 'bound': {
      const bounds = { subject: { type: 'agent' as const, id: 'codex' }, operations: ['dial.set'], targets: ['web1'] };
      const asked = { by: 'human:dana', demands: { minimum: 'signature' as const, signers } };
      return told(await desk.requestBounded({ ...bounds, uses: 2, minutes: 30 }, asked));
    }
    case 'grant':
    case 'deny':
    case 'withdraw':
    case 'revoke':
    case 'relieve':
      return answer(world, one);
  }
}

async function answer(world: World, one: Extract<Step, { readonly nth: number }>): Promise<string | undefined> {
  const { desk } = world;
  const listed = (await desk.list())._unsafeUnwrap();
  const approval = listed[one.nth % Math.max(1, listed.length)];
  const person = people[one.by];
  if (!approval || !person) return undefined;
  const { id } = approval;
  switch (one.do) {
    case 'grant': {
      const statement = await desk.statement(id);
      if (statement.isErr()) return `grant.${statement.error.kind}`;
      return told(await desk.grant(id, { statement: statement.value, signature: person.sign(statement.value) }));
    }
    case 'deny':
      return told(await desk.deny(id, { by: 'human:dana', reason: '' }));
    case 'withdraw':
      return told(await desk.withdraw(id, one.by === 0 ? 'agent:codex' : 'agent:other'));
    case 'revoke':
      return told(await desk.revoke(id, { by: 'human:dana', reason: '' }));
    case 'relieve': {
      const statement = await desk.reliefStatement(id);
      return told(statement.isOk() ? await desk.relieve(id, person.sign(statement.value)) : statement);
    }
  }
}

function enrol(approvers: TestApprover[], person: TestApprover | undefined): string {
  if (person && !approvers.includes(person)) approvers.push(person);
  return 'enrol';
}

function told(ended: {
  isOk(): boolean;
  isErr(): boolean;
  readonly value?: unknown;
  readonly error?: { readonly kind: string };
}): string {
  const kind = ended.isOk() ? 'ok' : (ended.error?.kind ?? '');
  // A defect that the engine caught is a defect all the same.
  if (JSON.stringify(ended.error ?? {}).includes('"defect"')) throw new Error(JSON.stringify(ended.error));
  return kind;
}

/** Everything that has to hold of what is on record, worked out without any code of the desk or the engine. */
function wrongs({ ledger, dial }: World, signers: number): readonly string[] {
  const { records } = ledger;
  const uses = records.filter(({ type }) => type === 'approval.consumed');
  const intents = records.filter(({ type, operation }) => type === 'execution.intended' && operation === 'dial.set');
  const slots = uses.map(({ approval, body }) => `${approval}:${(body as { slot: number }).slot}`);
  return [
    ...(dial.sets === intents.length && intents.length === uses.length ? [] : ['a change without its use on record']),
    ...(new Set(slots).size === slots.length ? [] : ['a slot that was used twice']),
    ...uses.flatMap((use) => wrongUse(records, use, signers)),
  ];
}

const ENDS = ['approval.denied', 'approval.withdrawn', 'approval.revoked', 'approval.expired'];

function wrongUse(records: readonly StoredRecord[], use: StoredRecord, signers: number): readonly string[] {
  const before = records.slice(0, use.index);
  const its = before.filter(({ approval }) => approval === use.approval);
  const request = its.find(({ type }) => type === 'approval.requested');
  const expires = (request?.body as { expires_at?: string } | undefined)?.expires_at ?? '';
  const yes = new Set(
    its
      .filter(({ type }) => type === 'approval.granted')
      .map(({ body }) => (body as { fingerprint: string }).fingerprint),
  );
  const since = before.slice(request?.index ?? 0);
  const frozen = before.findLast(({ type }) => type.startsWith('freeze.'))?.type === 'freeze.set';
  return [
    ...(request && use.recordedAt < expires && use.recordedAt >= request.recordedAt ? [] : ['used outside its time']),
    ...(since.some(({ recordedAt }) => recordedAt >= expires) ? ['used after its time was seen to be over'] : []),
    ...(its.some(({ type }) => ENDS.includes(type)) ? ['used after it had ended'] : []),
    ...(yes.size >= signers ? [] : [`used with ${yes.size} of ${signers} signatures`]),
    ...(request?.subject === use.subject ? [] : ['used by another subject']),
    ...(frozen ? ['used in a freeze'] : []),
  ];
}

describe.each([1, 2] as const)('any order of asks, answers, uses and clock jumps, where %i must sign', (signers) => {
  it('never ends in a use without a valid yes, nor in a second use of a slot', { timeout: 1_800_000 }, async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), async (steps) => {
        const method = { id: 'm', type: 'approval_method', parameters: { minimum: 'signature', bounded_uses: 5 } };
        const eyes = { id: 'f', type: 'four_eyes', parameters: { signers: 2 } };
        const world = createWorld(({ action, context }) => {
          if (action.class === 'read') return undefined;
          if (context.freeze) return 'deny';
          return { effect: 'approval_required', obligations: signers === 2 ? [method, eyes] : [method] };
        });
        for (const kind of await play(world, { steps, signers })) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        seen.set('uses', (seen.get('uses') ?? 0) + world.dial.sets);
        expect(wrongs(world, signers)).toEqual([]);
      }),
      { numRuns: RUNS, seed: 20_260_101 + signers },
    );
    process.stdout.write(`figure: uses without a valid yes with ${signers} to sign: 0 of ${seen.get('uses')} uses\n`);
    expect(seen.get('uses')).toBeGreaterThan(10);
    const met = ['approval_required', 'ok', 'refused', 'denied', 'not_the_asker', 'grant.expired', 'apply.stale'];
    expect([...seen.keys()]).toEqual(expect.arrayContaining(met));
  });
});

describe('an approval folded from any records', () => {
  const types = [
    'approval.granted',
    'approval.denied',
    'approval.withdrawn',
    'approval.revoked',
    'approval.consumed',
    'approval.expired',
  ] as const;
  const START = Date.parse('2026-01-02T03:00:00.000Z');
  const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
  const bodyOf = (type: string, slot: number, broken: boolean) => {
    if (broken) return { nothing: true };
    if (type === 'approval.consumed') return { slot };
    if (type === 'approval.denied') return { by: 'human:x', reason: '', until: at(1_440) };
    if (type !== 'approval.granted') return {};
    const signed = { statement: 's', signature: 's', not_after: at(10), slots: [0, 1] };
    return { approver: `a${slot}`, fingerprint: `f${slot}`, method: 'signature', ...signed };
  };
  const event = fc.record({
    type: fc.constantFrom(...types),
    slot: fc.nat(1),
    broken: fc.boolean(),
    minute: fc.nat(12),
  });

  it('is granted only in its time, with enough signers, a slot left and nothing that ended it', () => {
    const statuses = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.integer({ min: -2, max: 15 }),
        fc.constantFrom(1, 2),
        (events, minute, signers) => {
          const request = {
            type: 'approval.requested' as const,
            body: { expires_at: at(10), slots: 2, demands: { minimum: 'signature', signers } },
          };
          const common = { approval: 'appr-1', plan: 'plan-1', digest: 'd', subject: 'agent:codex', writer: 'w' };
          const records = [
            { ...common, ...request, index: 0, recordedAt: at(0) },
            ...events.map(({ type, slot, broken, minute: when }, place) => ({
              ...{ ...common, type, index: place + 1, recordedAt: at(when) },
              body: bodyOf(type, slot, broken),
            })),
          ] as StoredRecord[];
          const folded = foldApproval(records, at(minute));
          statuses.add(folded?.status ?? 'none');
          if (folded?.status !== 'granted') return;
          const good = events.filter(({ type, broken }) => type === 'approval.granted' && !broken);
          const used = events.filter(({ type }) => type === 'approval.consumed');
          expect(new Set(good.map(({ slot }) => slot)).size).toBeGreaterThanOrEqual(signers);
          expect(minute >= 0 && minute < 10).toBe(true);
          expect(used.every(({ broken }) => !broken) && new Set(used.map(({ slot }) => slot)).size < 2).toBe(true);
          expect(events.some(({ type }) => type === 'approval.expired' || ENDS.includes(type))).toBe(false);
        },
      ),
      { numRuns: 3_000, seed: 20_260_102 },
    );
    expect([...statuses].sort()).toEqual(['denied', 'expired', 'granted', 'pending', 'revoked', 'used']);
  });
});
