// What was done to other approval systems, tried on the engine: each threat by the behaviour that answers it.
import { errAsync, ok } from 'neverthrow';
import { afterAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { dialSet } from '../_testing/dial.js';
import { exited } from '../_testing/scripted-executor.js';
import type { ScriptedAnswer } from '../_testing/scripted-policy.js';
import { createTestApprover } from '../_testing/test-approver.js';
import { installed, twoDials, wordsRun } from '../_testing/words.js';
import { createWorld } from '../_testing/world.js';
import type { DecisionRequest } from '../decision.js';
import { canonicalJson } from '../digest.js';
import type { JsonValue } from '../json.js';
import { readPlan } from '../read-plan.js';
import type { Refusal, RefusalOf } from '../refusal.js';

type World = ReturnType<typeof newWorld>;
type Input = z.input<typeof wordsRun.input>;
const newWorld = (answer?: (request: DecisionRequest) => ScriptedAnswer | undefined) =>
  createWorld(answer, { 'words.run': async () => wordsRun });

const run = ({ agent }: World, input: Input) => agent.perform(wordsRun, 'web1', input);
const turn = ({ agent }: World, value = 7) => agent.perform(dialSet, 'web1', { value });
const kindOf = (ended: { isOk(): boolean; _unsafeUnwrapErr(): unknown }): string => {
  if (ended.isOk()) return 'done';
  const refusal = ended._unsafeUnwrapErr() as Refusal;
  return refusal.kind === 'refused' ? refusal.why : refusal.kind;
};
const asked = async (asking: ReturnType<typeof turn> | ReturnType<typeof run>) => {
  const refusal = (await asking)._unsafeUnwrapErr();
  expect(refusal.kind).toBe('approval_required');
  return (refusal as RefusalOf<'approval_required'>).approval;
};
/** Asked for, and a yes to it. */
const approved = async (world: World, asking: ReturnType<typeof turn> | ReturnType<typeof run>) => {
  const approval = await asked(asking);
  (await world.grant(approval.id))._unsafeUnwrap();
  return approval;
};
const planned = async (world: World) => {
  const plan = (await world.agent.run(twoDials, {})).plan?.id ?? '';
  const refusal = (await world.agent.apply(plan))._unsafeUnwrapErr() as RefusalOf<'approval_required'>;
  return { plan, approval: refusal.approval.id };
};
const storedBody = ({ ledger }: World, plan: string) =>
  ledger.records.find((record) => record.type === 'plan.created' && record.plan === plan)?.body as { bytes: string };

/** Each threat in turn: what is tried, and what must come of it. */
const THREATS: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'T1: words too long to show are approved whole, and another end of them is another ask': async (world) => {
    const long = 'x'.repeat(100_000);
    const { id } = await approved(world, run(world, { argv: ['echo', `${long}; rm a`] }));
    const { plan } = (await world.desk.show(id))._unsafeUnwrap();
    expect(plan?.body.steps[0]?.action).toMatchObject({ argv: ['echo', `${long}; rm a`] });
    expect(kindOf(await run(world, { argv: ['echo', `${long}; rm b`] }))).toBe('approval_required');
    expect(kindOf(await run(world, { argv: ['echo', `${long}; rm a`] }))).toBe('done');
  },
  'T2: a space, a letter in another normal form, a joined or an empty word is another ask': async (world) => {
    await approved(world, run(world, { argv: ['run', 'caf\u00e9', 'a b'] }));
    for (const argv of [
      ['run ', 'caf\u00e9', 'a b'],
      ['run', 'cafe\u0301', 'a b'],
      ['run', 'caf\u00e9', 'a', 'b'],
      ['run', 'caf\u00e9', 'a b', ''],
    ] as const) {
      expect(kindOf(await run(world, { argv: [...argv] }))).toBe('approval_required');
    }
    expect(kindOf(await run(world, { argv: ['run', 'caf\u00e9', 'a b'] }))).toBe('done');
  },
  'T3: there is no environment to change: none is taken, and the process’s own is not in the bytes': async (world) => {
    const { digest } = await asked(run(world, { argv: ['make'] }));
    process.env.MAKEFLAGS = '--eval=x';
    expect((await asked(run(world, { argv: ['make'] }))).digest).toBe(digest);
    delete process.env.MAKEFLAGS;
    expect(kindOf(await run(world, { argv: ['make'], env: { MAKEFLAGS: 'x' } } as never))).toBe('invalid_input');
  },
  'T4: bytes that an operation builds differently by now are stale, and asked about anew': async (world) => {
    const { plan } = await approved(world, run(world, { argv: ['deploy'] }));
    installed.wrap = (argv) => ['sh', '-c', argv.join(' ')];
    expect(kindOf(await world.agent.apply(plan))).toBe('stale');
    expect(kindOf(await run(world, { argv: ['deploy'] }))).toBe('approval_required');
    installed.wrap = (argv) => argv;
    expect((await world.agent.apply(plan))._unsafeUnwrap()).toMatchObject([{ state: 'done' }]);
  },
  'T5: a script is in the bytes, so another script is another ask, and an edited record is no plan': async (world) => {
    const { id, plan } = await approved(world, run(world, { argv: ['sh'], stdin: 'echo good' }));
    expect(kindOf(await run(world, { argv: ['sh'], stdin: 'echo evil' }))).toBe('approval_required');
    const body = storedBody(world, plan);
    body.bytes = body.bytes.replace('echo good', 'echo evil');
    expect(kindOf(await world.agent.apply(plan))).toBe('unknown_plan');
    expect((await world.desk.show(id))._unsafeUnwrapErr().kind).toBe('digest_mismatch');
  },
  'T6: the directory is in the bytes, and a yes to one is none to another': async (world) => {
    await approved(world, run(world, { argv: ['make'], cwd: '/srv/a' }));
    expect(kindOf(await run(world, { argv: ['make'], cwd: '/srv/a/' }))).toBe('approval_required');
    expect(kindOf(await run(world, { argv: ['make'] }))).toBe('approval_required');
    expect(kindOf(await run(world, { argv: ['make'], cwd: '/srv/a' }))).toBe('done');
  },
  'T7: a yes is used once, and its signature is none for the next ask of the same': async (world) => {
    const first = await asked(turn(world));
    const statement = (await world.desk.statement(first.id))._unsafeUnwrap();
    const answer = { statement, signature: world.approver.sign(statement) };
    (await world.desk.grant(first.id, answer))._unsafeUnwrap();
    expect(kindOf(await turn(world))).toBe('done');
    world.dial.value = 1;
    const next = await asked(turn(world));
    expect(next.digest).toBe(first.digest);
    expect((await world.desk.grant(next.id, answer))._unsafeUnwrapErr().kind).toBe('wrong_statement');
    expect(kindOf(await world.agent.apply(first.plan))).toBe('already_used');
  },
  'T8: what the asker says about it is no part of what is approved, and is kept apart': async (world) => {
    const because = 'only reads a file\nstep 1 of 1: nothing';
    const refusal = await world.agent.perform(wordsRun, 'web1', { argv: ['rm'] }, { because });
    const { approval } = refusal._unsafeUnwrapErr() as RefusalOf<'approval_required'>;
    expect(approval.digest).toBe((await asked(run(world, { argv: ['rm'] }))).digest);
    const { plan } = (await world.desk.show(approval.id))._unsafeUnwrap();
    expect([plan?.askedBecause, plan?.title, plan?.body.steps[0]?.why]).toEqual([
      because,
      'Run words on web1',
      'Run words',
    ]);
  },
  'T9: the asker has no way to answer: not with its hands, not with a key of its own': async (world) => {
    const { id } = await asked(turn(world));
    expect(Object.keys(world.agent).sort()).toEqual(['apply', 'check', 'collect', 'decide', 'perform', 'run']);
    expect((await world.grant(id, createTestApprover('codex')))._unsafeUnwrapErr().kind).toBe('unknown_key');
    expect(kindOf(await turn(world))).toBe('approval_required');
  },
  'T10: a yes for one state is none for another': async (world) => {
    const { plan } = await approved(world, turn(world));
    world.dial.value = 2;
    expect([kindOf(await world.agent.apply(plan)), kindOf(await turn(world))]).toEqual(['stale', 'approval_required']);
    Object.assign(world.dial, { value: 1, identity: 'dial:2' });
    expect([kindOf(await world.agent.apply(plan)), kindOf(await turn(world))]).toEqual(['stale', 'approval_required']);
  },
  'T11: no other face, subject, workflow or plan of the same has a way around it': async (world) => {
    await approved(world, turn(world));
    for (const subject of [
      { type: 'human', id: 'codex' },
      { type: 'agent', id: 'Codex' },
      { type: 'ci', id: 'codex' },
    ] as const) {
      const other = world.mesh.as({ subject, surface: 'cli' });
      expect(kindOf(await other.perform(dialSet, 'web1', { value: 7 }))).toBe('approval_required');
    }
    const { plan } = await world.agent.run(twoDials, {});
    expect(kindOf(await world.agent.apply(plan?.id ?? ''))).toBe('approval_required');
  },
  'T12: silence, time, and whatever cannot be read are no yes': async (world) => {
    const { id, plan } = await asked(turn(world));
    world.clock.advance(10 * 60_000);
    expect((await world.desk.statement(id))._unsafeUnwrapErr().kind).toBe('expired');
    expect([kindOf(await world.agent.apply(plan)), kindOf(await turn(world))]).toEqual([
      'approval_required',
      'approval_required',
    ]);
    world.ledger.find = () => errAsync({ kind: 'unavailable', message: 'gone' });
    expect(kindOf(await turn(world))).toBe('evidence_unavailable');
  },
  'T13: what a terminal hides is in the bytes, so it is another ask, and is kept as it is': async (world) => {
    await approved(world, run(world, { argv: ['rm', 'ab'] }));
    for (const word of ['a\u202eb', 'a\u200bb', 'ab\r', '\u001b[2Kab', 'a\u{e0041}b']) {
      const { id } = await asked(run(world, { argv: ['rm', word] }));
      expect((await world.desk.show(id))._unsafeUnwrap().plan?.body.steps[0]?.action).toMatchObject({
        argv: ['rm', word],
      });
    }
  },
  'T14: the same ask is one question, a no holds, and one asker has twenty open questions at most': async (world) => {
    const first = await asked(turn(world));
    expect((await asked(turn(world))).id).toBe(first.id);
    (await world.desk.deny(first.id, { by: 'human:dana', reason: '' }))._unsafeUnwrap();
    expect(kindOf(await turn(world))).toBe('approval_denied');
    const kinds = [];
    for (let value = 0; value < 30; value += 1) kinds.push(kindOf(await turn(world, 100 + value)));
    expect(kinds.filter((kind) => kind === 'approval_required')).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'too_many_pending')).toHaveLength(10);
  },
  'T15: a yes that was caught is good for nothing else: other ledger, namespace, approval, later time': async (
    world,
  ) => {
    const { id } = await asked(turn(world));
    const statement = (await world.desk.statement(id))._unsafeUnwrap();
    const grant = async (text: string, namespace?: string) =>
      (
        await world.desk.grant(id, { statement: text, signature: world.approver.sign(text, namespace) })
      )._unsafeUnwrapErr().kind;
    expect(await grant(statement, 'file')).toBe('bad_signature');
    expect(await grant(statement.replace('ledger-1', 'ledger-2'))).toBe('wrong_statement');
    expect(await grant(statement.replace(id, 'appr-other'))).toBe('wrong_statement');
    expect(await grant(statement.replace('"v":1', '"v":2'))).toBe('wrong_statement');
    world.clock.advance(10 * 60_000);
    expect(await grant(statement)).toBe('expired');
  },
  'T16: of a batch, what was signed is each step by its place, and a step that was swapped ends the plan': async (
    world,
  ) => {
    const { plan, approval } = await planned(world);
    const first = (await world.desk.statement(approval))._unsafeUnwrap().replace('"slots":[0,1]', '"slots":[0]');
    (await world.desk.grant(approval, { statement: first, signature: world.approver.sign(first) }))._unsafeUnwrap();
    expect(kindOf(await world.agent.apply(plan))).toBe('stale');
    const body = storedBody(world, plan);
    body.bytes = body.bytes.replace('"id":"web2"', '"id":"web3"');
    expect(kindOf(await world.agent.apply(plan))).toBe('unknown_plan');
  },
  'T17: policy that changed since is asked again: deny denies, more people or a stronger key is stale': async () => {
    let now: ScriptedAnswer | undefined;
    const world = newWorld(({ action }) => (action.class === 'write' ? now : undefined));
    const { plan } = await approved(world, turn(world));
    const demanding = (type: string, parameters: JsonValue): ScriptedAnswer => ({
      effect: 'approval_required',
      obligations: [{ id: 'o', type, parameters: parameters as Record<string, JsonValue> }],
    });
    const kinds = [];
    for (const answer of [
      'deny',
      demanding('four_eyes', { signers: 2 }),
      demanding('approval_method', { minimum: 'presence' }),
      demanding('prayer', {}),
    ] as const) {
      now = answer;
      kinds.push(kindOf(await world.agent.apply(plan)));
    }
    expect([...kinds, world.dial.sets]).toEqual(['denied', 'stale', 'stale', 'obligation', 0]);
  },
  'T18: what broke off is not done again under the same yes': async (world) => {
    const { plan, approval } = await planned(world);
    (await world.grant(approval))._unsafeUnwrap();
    world.dial.interferes = async (action) =>
      action.kind === 'command' && action.argv[1] === 'set'
        ? ok({ kind: 'unknown', reason: 'cut', durationMs: 1 })
        : undefined;
    expect((await world.agent.apply(plan))._unsafeUnwrap()).toMatchObject([{ state: 'unknown' }, { state: 'not_run' }]);
    world.dial.interferes = async () => undefined;
    expect(kindOf(await world.agent.apply(plan))).toBe('already_used');
    expect((await world.desk.show(approval))._unsafeUnwrap().approval.consumed).toEqual([0]);
  },
};

let executed = 0;
let different = 0;
/** Of what the executor was really handed, how much is in no plan that was granted and used. */
function count({ executor, ledger }: World): void {
  const used = ledger.records.filter(({ type }) => type === 'approval.consumed').map(({ plan }) => plan);
  const plans = ledger.records.flatMap((record) => (used.includes(record.plan) ? (readPlan(record) ?? []) : []));
  const allowed = plans.flatMap(({ body }) =>
    body.steps.map(({ action }) => canonicalJson(action as unknown as JsonValue)),
  );
  const changes = executor.performances.filter(({ action }) => action.kind === 'command' && action.argv[1] !== 'read');
  executed += changes.length;
  different += changes.filter(({ action }) => !allowed.includes(canonicalJson(action as unknown as JsonValue))).length;
}

describe('on the engine', () => {
  it.each(Object.entries(THREATS))('%s', async (_, threat) => {
    const world = newWorld();
    world.dial.interferes = async (action) =>
      action.kind === 'command' && action.argv[0] !== 'dial' ? ok(exited('')) : undefined;
    await threat(world);
    count(world);
  });
  afterAll(() => {
    process.stdout.write(
      `figure: engine: executed bytes that differ from what was approved: ${different} of ${executed}\n`,
    );
    expect([executed > 5, different]).toEqual([true, 0]);
  });
});
