import { describe, expect, it } from 'vitest';
import { dialSet } from '../_testing/dial.js';
import { createTestApprover } from '../_testing/test-approver.js';
import { createWorld } from '../_testing/world.js';
import type { RefusalOf } from '../refusal.js';

type World = ReturnType<typeof createWorld>;

const askedOf = async ({ agent }: World, value = 7) => {
  const refusal = (await agent.perform(dialSet, 'web1', { value }))._unsafeUnwrapErr();
  expect(refusal.kind).toBe('approval_required');
  return (refusal as RefusalOf<'approval_required'>).approval;
};

describe('what needs approval', () => {
  it('is stored as a plan and not performed', async () => {
    const world = createWorld();
    const approval = await askedOf(world);
    expect(world.dial.sets).toBe(0);
    const { plan } = (await world.desk.show(approval.id))._unsafeUnwrap();
    expect(plan?.digest).toBe(approval.digest);
    expect(plan?.body.steps[0]).toMatchObject({
      action: { argv: ['dial', 'set', '7'] },
      target: { id: 'web1', identity: 'dial:1' },
      observed: { value: { value: 1 } },
    });
  });

  it('is taken back by its asker alone, and ended by anyone', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    expect((await world.desk.withdraw(id, 'agent:claude'))._unsafeUnwrapErr().kind).toBe('not_the_asker');
    (await world.grant(id))._unsafeUnwrap();
    expect((await world.desk.withdraw(id, 'agent:codex'))._unsafeUnwrap().status).toBe('revoked');
    const next = await askedOf(world);
    (await world.grant(next.id))._unsafeUnwrap();
    const ended = await world.desk.revoke(next.id, { by: 'human:eve', reason: 'wrong one' });
    expect(ended._unsafeUnwrap().status).toBe('revoked');
    await askedOf(world);
    expect(world.dial.sets).toBe(0);
  });

  it('joins an identical pending ask instead of asking twice', async () => {
    const world = createWorld();
    const first = await askedOf(world);
    const second = await askedOf(world);
    expect(second.id).toBe(first.id);
    expect(world.ledger.records.filter(({ type }) => type === 'approval.requested')).toHaveLength(1);
  });

  it('runs once after a signed yes, by the same call, and asks anew the next time', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    (await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrap();
    expect(world.dial.sets).toBe(1);
    world.dial.value = 1;
    expect((await askedOf(world)).id).not.toBe(id);
    expect(world.dial.sets).toBe(1);
  });

  it('runs once when twenty callers use one yes at the same time', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    const calls = Array.from({ length: 20 }, () => world.agent.perform(dialSet, 'web1', { value: 7 }));
    const ended = await Promise.all(calls);
    expect(ended.filter((one) => one.isOk())).toHaveLength(1);
    expect(world.dial.sets).toBe(1);
  });

  it('is not covered by a yes to another subject, another value or another state', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    const other = world.mesh.as({ subject: { type: 'agent', id: 'other' }, surface: 'sdk' });
    expect((await other.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('approval_required');
    await askedOf(world, 8);
    world.dial.value = 2;
    await askedOf(world);
    expect(world.dial.sets).toBe(0);
  });

  it('expires after ten minutes, before and after the yes', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    world.clock.advance(10 * 60_000);
    expect((await askedOf(world)).id).not.toBe(id);
    expect((await world.desk.statement(id))._unsafeUnwrapErr().kind).toBe('expired');
  });

  it('stays refused for a day after a no', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.desk.deny(id, { by: 'human:dana', reason: 'not today' }))._unsafeUnwrap();
    const again = () => world.agent.perform(dialSet, 'web1', { value: 7 });
    expect((await again())._unsafeUnwrapErr()).toMatchObject({ kind: 'refused', why: 'approval_denied' });
    world.clock.advance(24 * 3_600_000);
    expect((await again())._unsafeUnwrapErr().kind).toBe('approval_required');
  });

  it('is refused when the approver has been removed since the yes', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    world.approvers.length = 0;
    expect((await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr().kind).toBe('stale');
    expect(world.dial.sets).toBe(0);
  });

  it('needs two approvers where policy demands four eyes', async () => {
    const world = createWorld(({ action }) =>
      action.class === 'write'
        ? { effect: 'approval_required', obligations: [{ id: 'f', type: 'four_eyes', parameters: { signers: 2 } }] }
        : undefined,
    );
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    expect((await world.grant(id))._unsafeUnwrapErr().kind).toBe('not_pending');
    await askedOf(world);
    const second = createTestApprover('erin');
    world.approvers.push(second);
    (await world.grant(id, second))._unsafeUnwrap();
    expect((await world.agent.perform(dialSet, 'web1', { value: 7 })).isOk()).toBe(true);
  });

  it('stops asking when twenty of one subject are pending', async () => {
    const world = createWorld();
    for (let value = 10; value < 30; value += 1) await askedOf(world, value);
    const refusal = (await world.agent.perform(dialSet, 'web1', { value: 99 }))._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'refused', why: 'too_many_pending' });
  });
});

describe('the desk', () => {
  it('refuses a signature by a stranger, of another namespace, of another text and a broken one', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    const statement = (await world.desk.statement(id))._unsafeUnwrap();
    const good = world.approver.sign(statement);
    const answers = [
      { statement, signature: createTestApprover('mallory').sign(statement) },
      { statement, signature: world.approver.sign(statement, 'git') },
      { statement: statement.replace('"slots":[0]', '"slots":[0,1]'), signature: good },
      { statement: ` ${statement}`, signature: good },
      { statement, signature: good.replace(/[A-Z]{4}/, 'AAAA') },
      { statement, signature: '' },
    ];
    const kinds = [];
    for (const answer of answers) kinds.push((await world.desk.grant(id, answer))._unsafeUnwrapErr().kind);
    expect(kinds).toEqual([
      'unknown_key',
      'bad_signature',
      'bad_signature',
      'wrong_statement',
      'bad_signature',
      'bad_signature',
    ]);
    expect((await world.desk.show(id))._unsafeUnwrap().approval.status).toBe('pending');
  });

  it('refuses a statement of another approval or another ledger', async () => {
    const world = createWorld();
    const first = await askedOf(world);
    const second = await askedOf(world, 8);
    const statement = (await world.desk.statement(second.id))._unsafeUnwrap();
    const other = statement.replace('ledger-1', 'ledger-2');
    const grant = (text: string, id: string) =>
      world.desk.grant(id, { statement: text, signature: world.approver.sign(text) });
    expect((await grant(statement, first.id))._unsafeUnwrapErr().kind).toBe('wrong_statement');
    expect((await grant(other, second.id))._unsafeUnwrapErr().kind).toBe('wrong_statement');
  });

  it('lists the newest first and says that an id is unknown', async () => {
    const world = createWorld();
    const first = await askedOf(world);
    const second = await askedOf(world, 8);
    const listed = (await world.desk.list())._unsafeUnwrap();
    expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await world.desk.show('appr-none'))._unsafeUnwrapErr().kind).toBe('unknown_approval');
  });
});

describe('the time of an approval', () => {
  it.each([
    ['forward over its end and back again', 11, -10],
    ['back behind the ask and forward again', -30, 31],
  ])('is over for good when the clock was seen to go %s', async (_, first, second) => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    world.clock.advance(first * 60_000);
    await askedOf(world, 8); // anything that is recorded meanwhile
    world.clock.advance(second * 60_000);
    const again = (await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    expect([again.kind, world.dial.sets]).toEqual(['stale', 0]);
  });

  it('is over for an answer too when the clock was seen to pass its end', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    world.clock.advance(11 * 60_000);
    await askedOf(world, 8);
    world.clock.advance(-10 * 60_000);
    expect((await world.desk.statement(id))._unsafeUnwrapErr().kind).toBe('expired');
  });

  it('is not over because a clock was wrong before the ask', async () => {
    const world = createWorld();
    world.clock.advance(365 * 86_400_000);
    await askedOf(world, 8);
    world.clock.advance(-365 * 86_400_000);
    const { id } = await askedOf(world);
    (await world.grant(id))._unsafeUnwrap();
    expect((await world.agent.perform(dialSet, 'web1', { value: 7 })).isOk()).toBe(true);
  });

  it('is on record as over once the same is asked again', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    world.clock.advance(10 * 60_000);
    await askedOf(world);
    await askedOf(world);
    const over = world.ledger.records.filter(({ type }) => type === 'approval.expired');
    expect(over.map(({ approval }) => approval)).toEqual([id]);
  });
});

describe('a no', () => {
  it('is taken back by an approver’s signature alone, and the same may then be asked again', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    expect((await world.desk.reliefStatement(id))._unsafeUnwrapErr().kind).toBe('not_denied');
    (await world.desk.deny(id, { by: 'agent:codex', reason: '' }))._unsafeUnwrap();
    expect((await world.desk.withdraw(id, 'agent:codex'))._unsafeUnwrapErr().kind).toBe('not_pending');
    const statement = (await world.desk.reliefStatement(id))._unsafeUnwrap();
    const relieve = async (signature: string) => (await world.desk.relieve(id, signature)).map(({ status }) => status);
    expect((await relieve(createTestApprover('mallory').sign(statement)))._unsafeUnwrapErr().kind).toBe('unknown_key');
    expect((await relieve(world.approver.sign(`${statement} `)))._unsafeUnwrapErr().kind).toBe('bad_signature');
    const before = (await world.agent.perform(dialSet, 'web1', { value: 7 }))._unsafeUnwrapErr();
    expect(before).toMatchObject({ why: 'approval_denied' });
    expect((await relieve(world.approver.sign(statement)))._unsafeUnwrap()).toBe('revoked');
    expect((await askedOf(world)).id).not.toBe(id);
  });

  it('is no yes: what takes it back cannot be handed in as one', async () => {
    const world = createWorld();
    const { id } = await askedOf(world);
    (await world.desk.deny(id, { by: 'human:dana', reason: '' }))._unsafeUnwrap();
    const statement = (await world.desk.reliefStatement(id))._unsafeUnwrap();
    const next = await world.desk.grant(id, { statement, signature: world.approver.sign(statement) });
    expect(next._unsafeUnwrapErr().kind).toBe('not_pending');
  });
});
