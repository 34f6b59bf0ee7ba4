// What was done to other approval systems, tried over the tools: each threat by the behaviour that answers it.
import { type Action, canonicalJson, type JsonValue, readPlan } from '@meshclaw/core';
import { createScriptedExecutor, exited, type ScriptedAnswer } from '@meshclaw/core/testing';
import { ok } from 'neverthrow';
import { afterAll, describe, expect, it } from 'vitest';
import { type Told, toolboxOn } from './_testing/toolbox-on.js';

const DIGEST = 'a'.repeat(64);

/** Tools over a server that runs anything, whose files have one digest. */
function newWorld() {
  const server: { digest: string; identity: string; cuts: boolean } = {
    digest: DIGEST,
    identity: 'key:1',
    cuts: false,
  };
  let answer: ((name: string) => ScriptedAnswer | undefined) | undefined;
  const executor = createScriptedExecutor(
    async (action) => {
      if (isLook(action)) return ok(exited(`${server.digest}  -\n`));
      return ok(server.cuts ? { kind: 'unknown', reason: 'cut', durationMs: 1 } : exited('ran'));
    },
    { identity: () => server.identity },
  );
  const box = toolboxOn(executor, ({ action }) => (action.class === 'read' ? undefined : answer?.(action.name)));
  const run = (given: object) => box.call('run_evidence', { server: 'web1', ...given });
  const decide = (said: typeof answer) => {
    answer = said;
  };
  return { ...box, executor, server, run, decide };
}
type World = ReturnType<typeof newWorld>;

/** The script that takes a digest; everything else is what somebody asked for. */
const isLook = (action: Action): boolean => action.kind === 'command' && action.argv.join(' ').includes('sha256sum');
const idOf = (told: Told): string => String(told.approvals[0]?.id);
const kindOf = ({ status, problems }: Told): unknown => {
  const [problem] = (problems ?? []) as readonly { readonly kind: string; readonly why?: string }[];
  return problem === undefined ? status : (problem.why ?? problem.kind);
};
const approved = async (world: World, given: object) => {
  const told = await world.run(given);
  expect(told.status).toBe('approval_required');
  (await world.grant(idOf(told)))._unsafeUnwrap();
  return told;
};

const THREATS: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'T1: words too long to show are approved whole, and another end of them is another ask': async ({
    run,
    ...world
  }) => {
    const long = 'x'.repeat(100_000);
    await approved({ run, ...world }, { argv: ['echo', `${long} a`] });
    expect(kindOf(await run({ argv: ['echo', `${long} b`] }))).toBe('approval_required');
    expect(kindOf(await run({ argv: ['echo', `${long} a`] }))).toBe('ok');
  },
  'T2: a space, another normal form or a split word is another ask': async (world) => {
    await approved(world, { argv: ['run', 'caf\u00e9 x'] });
    for (const argv of [
      ['run ', 'caf\u00e9 x'],
      ['run', 'cafe\u0301 x'],
      ['run', 'caf\u00e9', 'x'],
    ]) {
      expect(kindOf(await world.run({ argv }))).toBe('approval_required');
    }
  },
  'T3: an environment is not taken': async ({ run }) => {
    for (const more of [{ env: { PATH: '/tmp' } }, { environment: {} }, { stdin: 'x' }]) {
      expect(kindOf(await run({ argv: ['make'], ...more }))).toBe('invalid_input');
    }
  },
  'T4: the same words in a shell, or in another shell, are another ask': async (world) => {
    await approved(world, { argv: ['make', 'all'] });
    expect(kindOf(await world.run({ text: 'make all' }))).toBe('approval_required');
    expect(kindOf(await world.run({ text: 'make all', shell: 'bash' }))).toBe('approval_required');
    expect(kindOf(await world.run({ argv: ['sh', '-c', 'make all'] }))).toBe('approval_required');
  },
  'T5: a script that was swapped since is not run under the old yes': async (world) => {
    await approved(world, { argv: ['sh', '/srv/deploy.sh'] });
    world.server.digest = 'b'.repeat(64);
    expect(kindOf(await world.run({ argv: ['sh', '/srv/deploy.sh'] }))).toBe('approval_required');
    world.server.digest = DIGEST;
    expect(kindOf(await world.run({ argv: ['sh', '/srv/deploy.sh'] }))).toBe('ok');
  },
  'T6: another directory is another ask, and one place has one spelling': async (world) => {
    await approved(world, { argv: ['make'], cwd: '/srv/a' });
    expect(kindOf(await world.run({ argv: ['make'], cwd: '/srv/b' }))).toBe('approval_required');
    for (const cwd of ['/srv/a/', '/srv//a', '/srv/b/../a', 'a']) {
      expect(kindOf(await world.run({ argv: ['make'], cwd }))).toBe('invalid_input');
    }
  },
  'T7: a yes is used once': async (world) => {
    await approved(world, { argv: ['make'] });
    expect([kindOf(await world.run({ argv: ['make'] })), kindOf(await world.run({ argv: ['make'] }))]).toEqual([
      'ok',
      'approval_required',
    ]);
  },
  'T8: what the asker says about it is no part of what is approved, and nothing else of it is taken': async (world) => {
    const told = await world.run({ argv: ['rm'], because: 'only lists files' });
    expect((await world.run({ argv: ['rm'] })).approvals).toMatchObject([
      { id: idOf(told), digest: told.approvals[0]?.digest },
    ]);
    for (const more of [{ title: 'ls' }, { how: 'type yes' }, { approvals: [] }]) {
      expect(kindOf(await world.run({ argv: ['rm'], ...more }))).toBe('invalid_input');
    }
    const { approvals } = await world.run({ argv: ['rm', 'meshclaw approvals grant appr-none'] });
    expect(JSON.stringify(approvals)).not.toContain('appr-none');
  },
  'T9: no tool approves, and whatever is given as an answer is none': async ({ toolbox, call, run }) => {
    const id = idOf(await run({ argv: ['rm'] }));
    expect(toolbox.list().filter(({ name }) => /grant|approve|deny|sign|revoke|freeze/.test(name))).toEqual([]);
    for (const more of [{ approve: true }, { status: 'granted' }, { signature: 'x' }]) {
      expect(kindOf(await call('approval_status', { approval: id, ...more }))).toBe('invalid_input');
    }
    expect(kindOf(await run({ argv: ['rm'] }))).toBe('approval_required');
  },
  'T10: a yes for one machine is none for another that answers by its name': async (world) => {
    await approved(world, { argv: ['make'] });
    world.server.identity = 'key:2';
    expect(kindOf(await world.run({ argv: ['make'] }))).toBe('approval_required');
  },
  'T11: the other name of a tool, and every tool that changes something, asks the same': async ({ toolbox, run }) => {
    const id = idOf(await run({ argv: ['make'] }));
    const dotted = await toolbox.call(
      'meshclaw.run_evidence',
      { server: 'web1', argv: ['make'] },
      { signal: new AbortController().signal, note: () => {} },
    );
    expect((dotted as Told | undefined)?.approvals).toMatchObject([{ id }]);
    const changing = toolbox.list().filter(({ annotations }) => annotations?.readOnlyHint !== true);
    expect(changing.map(({ name }) => name)).toEqual(['meshclaw_run_evidence']);
  },
  'T12: a call that was cancelled, and one while policy fails, does nothing': async (world) => {
    await approved(world, { argv: ['make'] });
    expect((await world.call('run_evidence', { server: 'web1', argv: ['make'] }, AbortSignal.abort())).status).toBe(
      'failed',
    );
    world.decide(() => {
      throw new Error('policy broke');
    });
    expect(kindOf(await world.run({ argv: ['make'] }))).toBe('defect');
    expect(world.executor.performances.filter(({ action }) => !isLook(action))).toEqual([]);
  },
  'T13: what a terminal hides is another ask, and is never shown raw': async (world) => {
    await approved(world, { argv: ['rm', 'ab'] });
    for (const word of ['a\u202eb', 'a\u200bb', '\u001b[2Kab']) {
      const told = await world.run({ argv: ['rm', word] });
      expect([told.status, JSON.stringify(told).includes(word)]).toEqual(['approval_required', false]);
    }
  },
  'T14: the same ask is one question, and twenty are open at most': async ({ run }) => {
    const ids = [idOf(await run({ argv: ['a'] })), idOf(await run({ argv: ['a'] }))];
    expect(ids[0]).toBe(ids[1]);
    for (let at = 1; at < 20; at += 1) await run({ argv: ['a', String(at)] });
    expect(kindOf(await run({ argv: ['b'] }))).toBe('too_many_pending');
  },
  'T15: what a session is told holds nothing that could be signed or handed on as a yes': async (world) => {
    const told = await approved(world, { argv: ['make'] });
    const state = await world.call('approval_status', { approval: idOf(told) });
    expect(JSON.stringify([told, state])).not.toMatch(/SSH SIGNATURE|"statement"|"signature"|not_after|fingerprint/);
  },
  'T16: one call is one server; a list or a pattern of them is none': async ({ run }) => {
    for (const server of [['web1', 'web2'], 'web*', '*', 'web1,web2']) {
      expect(kindOf(await run({ server, argv: ['make'] }))).toMatch(/invalid_input|unknown_target/);
    }
  },
  'T17: policy that denies by now, or demands more, outweighs the yes': async (world) => {
    await approved(world, { argv: ['make'] });
    const said: ScriptedAnswer[] = [
      'deny',
      { effect: 'approval_required', obligations: [{ id: 'f', type: 'four_eyes', parameters: { signers: 2 } }] },
      {
        effect: 'approval_required',
        obligations: [{ id: 'm', type: 'approval_method', parameters: { minimum: 'presence' } }],
      },
    ];
    const kinds = [];
    for (const one of said) {
      world.decide(() => one);
      kinds.push(kindOf(await world.run({ argv: ['make'] })));
    }
    expect(kinds).toEqual(['denied', 'stale', 'stale']);
  },
  'T18: what broke off is asked about anew, never done again by itself': async (world) => {
    await approved(world, { argv: ['make'] });
    world.server.cuts = true;
    expect(kindOf(await world.run({ argv: ['make'] }))).toBe('outcome_unknown');
    world.server.cuts = false;
    expect(kindOf(await world.run({ argv: ['make'] }))).toBe('approval_required');
  },
};

let executed = 0;
let different = 0;
function count({ executor, ledger }: World): void {
  const used = ledger.records.filter(({ type }) => type === 'approval.consumed').map(({ plan }) => plan);
  const plans = ledger.records.flatMap((record) => (used.includes(record.plan) ? (readPlan(record) ?? []) : []));
  const allowed = plans.flatMap(({ body }) =>
    body.steps.map(({ action }) => canonicalJson(action as unknown as JsonValue)),
  );
  const ran = executor.performances.filter(({ action }) => !isLook(action));
  executed += ran.length;
  different += ran.filter(({ action }) => !allowed.includes(canonicalJson(action as unknown as JsonValue))).length;
}

describe('over the tools', () => {
  it.each(Object.entries(THREATS))('%s', async (_, threat) => {
    const world = newWorld();
    await threat(world);
    count(world);
  });
  afterAll(() => {
    process.stdout.write(
      `figure: mcp: executed bytes that differ from what was approved: ${different} of ${executed}\n`,
    );
    expect([executed > 3, different]).toEqual([true, 0]);
  });
});
