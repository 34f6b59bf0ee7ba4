// Faults of the engine, one by one: whatever is broken, nothing but a denial comes out, and afterwards a good question is
// answered right. `script/test --long engine-faults` prints the table.
import type { Decision } from '@meshclaw/core';
import { createRego } from '@meshclaw/rego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renamed, withAbi } from '../_testing/doctored-wasm.js';
import { FAULTY, SHAPES } from '../_testing/faulty-policy.js';
import { bundleAround, DECISION, question, wasmOf } from '../_testing/policy-bundle.js';
import type { PolicyBundle } from '../bundle/bundle.js';
import { type Answerer, answererOver, createAnswerer } from './answerer.js';
import { type LoadedPdp, pdpOver } from './create-pdp.js';
import { type Evaluated, thrownText } from './evaluate.js';

const rego = createRego();
const table: (readonly [fault: string, expected: string, seen: string])[] = [];
afterAll(async () => {
  await rego.close();
  if (process.env.MESHCLAW_LONG === undefined) return;
  const lines = [['fault', 'expected', 'seen'] as const, ...table];
  const text = lines.map(([fault, expected, seen]) => `${fault.padEnd(62)} ${expected.padEnd(34)} ${seen}\n`);
  process.stdout.write(`\n${text.join('')}${table.length} faults\n`);
});

const rulesOf = ({ reasons }: Decision): string => reasons.map(({ rule }) => rule).join(', ');
const over = (answerer: Answerer): LoadedPdp => pdpOver({ shipped: answerer, beside: [] });
/** A machine that has other things to do may take its time; only what loops is cut at the real limit. */
const PATIENT = { apart: () => 20_000 };

let faulty: PolicyBundle;
let good: PolicyBundle;
beforeAll(async () => {
  faulty = bundleAround(await wasmOf(rego, FAULTY));
  good = bundleAround(await wasmOf(rego, `decision := ${DECISION}`));
});

/** Tries a fault, then a good question; both are in the table. */
async function tried(fault: string, expected: string, pdp: LoadedPdp, asked: Parameters<LoadedPdp['decide']>[0]) {
  const decision = await pdp.decide(asked);
  const after = await pdp.decide(question());
  table.push([fault, expected, `${rulesOf(decision)}; then ${after.effect}`]);
  expect(decision).toMatchObject({ effect: 'deny', allowed: false, class: 'destructive' });
  expect(rulesOf(decision)).toBe(expected);
  expect(after).toMatchObject({ effect: 'read_state', allowed: true, requestId: 'req-1' });
}

describe.each([
  ['in this process', 'here' as const],
  ['in a thread', PATIENT],
])('an answer of a policy %s', (where, confinement) => {
  let pdp: LoadedPdp;
  beforeAll(async () => {
    pdp = over(await createAnswerer(faulty, confinement));
  });
  afterAll(() => pdp.close());

  it.each([...Object.keys(SHAPES), 'a missing field', 'a list of answers', 'a word', 'nothing'])(
    'denies when it is or has %s',
    (shape) => tried(`${where}: ${shape}`, 'policy.malformed_decision', pdp, question(shape)),
  );

  it.each(['two values', 'all memory'])('denies when evaluating throws: %s', (fault) =>
    tried(`${where}: ${fault}`, 'policy.error', pdp, question(fault)),
  );
});

describe('a policy in a thread', () => {
  it('is cut off when it loops', async () => {
    const pdp = over(await createAnswerer(faulty, { apart: () => 250 }));
    const decision = await pdp.decide(question('a loop'));
    table.push(['in a thread: a loop over 8 * 10^13 combinations', 'policy.timeout', `${rulesOf(decision)} (250 ms)`]);
    expect([decision.effect, rulesOf(decision)]).toEqual(['deny', 'policy.timeout']);
    await pdp.close();
  });

  it('denies when it answers with more than any decision has', async () => {
    const pdp = over(await createAnswerer(faulty, PATIENT));
    await tried('in a thread: an answer of 600 KB', 'policy.error', pdp, question('a flood'));
    await pdp.close();
  });

  it('denies when it was closed', async () => {
    const pdp = over(await createAnswerer(good, PATIENT));
    await pdp.close();
    expect(rulesOf(await pdp.decide(question()))).toBe('policy.error');
  });
});

describe('a result set', () => {
  const answer = { request_id: 'req-1', effect: 'read_state', class: 'read', obligations: [] };
  const whole = { ...answer, reasons: [{ rule: 'x.y', title: 't', severity: 'info', message: 'm' }] };
  const SETS: Readonly<Record<string, Evaluated>> = {
    'two results': { results: [{ result: whole }, { result: whole }] },
    'no result': { results: [] },
    'no set': { results: { result: whole } },
    'nothing at all': { results: undefined },
    'a promise': { results: Promise.resolve([{ result: whole }]) },
    NaN: { results: [{ result: { ...whole, reasons: Number.NaN } }] },
    'a result without a name': { results: [whole] },
  };
  it.each(Object.keys(SETS))('denies when it is %s, and what evaluated it gets fresh memory', async (name) => {
    let discarded = 0;
    const results = [SETS[name] ?? { results: [] }, { results: [{ result: whole }] }];
    const evaluator = {
      evaluate: () => results.shift() ?? { thrown: 'asked too often' },
      discard: () => {
        discarded += 1;
      },
      close: async () => {},
    };
    await tried(`result set: ${name}`, 'policy.malformed_decision', over(answererOver(good, evaluator)), question());
    expect(discarded).toBe(1);
  });
});

describe('an input', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const deep = (levels: number): unknown => Array.from({ length: levels }).reduce((inside) => ({ inside }), 1);
  let reads = 0;
  const moody = Object.defineProperty({}, 'size', { enumerable: true, get: () => (reads++ === 0 ? 1 : Number.NaN) });
  const INPUTS: Readonly<Record<string, unknown>> = {
    'a lone surrogate': '\ud800',
    'a lone surrogate in a key': { '\udfff': 1 },
    NaN: Number.NaN,
    infinity: Number.NEGATIVE_INFINITY,
    'an integer over 2^53': 2 ** 53,
    'a BigInt': 1n,
    undefined: undefined,
    'a hole in a list': new Array(3),
    'a symbol': Symbol('x'),
    'a function': () => 1,
    'a date': new Date(0),
    'a map': new Map(),
    'a buffer': Buffer.from('{}'),
    toJSON: { toJSON: () => ({}) },
    'a __proto__ key': JSON.parse('{"__proto__": {"freeze": false}}'),
    'a cycle': cyclic,
    'a cycle through lists': ((list: unknown[]) => (list.push(list), list))([]),
    '65 levels': deep(65),
    '100,000 levels': deep(100_000),
    '300 KB of text': 'x'.repeat(300_000),
    'a million numbers': Array.from({ length: 1_000_000 }, () => 1),
    'a list of a billion holes': Object.assign([], { length: 1_000_000_000 }),
  };
  let pdp: LoadedPdp;
  beforeAll(async () => {
    pdp = over(await createAnswerer(good, 'here'));
  });
  it.each(Object.keys(INPUTS))('is refused with %s', (name) =>
    tried(`input: ${name}`, 'policy.invalid_request', pdp, question('codex', { value: INPUTS[name] })),
  );

  it.each([
    ['-0', -0, '0'],
    ['2^53 - 1', 2 ** 53 - 1, '9007199254740991'],
    ['1e-7', 1e-7, '1e-7'],
    ['62 levels', deep(58), undefined],
  ])('is read with %s', async (_, value, __) => {
    expect((await pdp.decide(question('codex', { value }))).effect).toBe('read_state');
  });

  it('that is another one each time it is looked at is looked at once', async () => {
    const decision = await pdp.decide(question('codex', moody));
    expect([decision.effect, reads]).toEqual(['read_state', 1]);
  });
});

describe('a module', () => {
  const other = (body: string, options: Parameters<typeof wasmOf>[2]) => () => wasmOf(rego, body, options);
  const MODULES: Readonly<Record<string, () => Promise<Uint8Array> | Uint8Array>> = {
    'is empty': () => new Uint8Array(),
    'is cut in half': () => good.wasm.subarray(0, good.wasm.length / 2),
    'lacks its last byte': () => good.wasm.subarray(0, -1),
    'has a flipped bit in its header': () => good.wasm.map((byte, at) => (at === 4 ? byte ^ 1 : byte)),
    'is text': () => Buffer.from('package meshclaw.authz\n'),
    'is another WebAssembly module': () => new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    'has ABI 2': () => withAbi(good.wasm, 2, 3),
    'has ABI 1.1': () => withAbi(good.wasm, 1, 1),
    'has another entrypoint': other('decision := 1', { entrypoint: 'other/authz/decision' }),
    'has one entrypoint more': async () => {
      const text =
        'package meshclaw.authz\n\n# METADATA\n# entrypoint: true\ndecision := 1\n\n# METADATA\n# entrypoint: true\nallow := 1\n';
      const entrypoints = ['meshclaw/authz/decision', 'meshclaw/authz/allow'];
      const built = await rego.build({ files: [{ path: 'a.rego', text }], entrypoints });
      return built.ok ? built.value.wasm : new Uint8Array();
    },
    'imports something of the host': () => renamed(good.wasm, 'opa_abort', 'read_file'),
    'lacks an export': () => renamed(good.wasm, 'opa_eval', 'opa_evil'),
    'needs a built-in that no host has': other('decision := time.now_ns()', { builtins: 'all' }),
    'needs one that throws in the library': other('decision := sprintf("%d", [input])', { builtins: 'all' }),
    'needs one that backtracks in the library': other('decision := regex.split(input.a, input.b)', { builtins: 'all' }),
    'needs one that would answer a promise': other(
      'decision := http.send({"url": "http://localhost", "method": "get"})',
      {
        builtins: 'all',
      },
    ),
    'needs one that answers NaN and undefined': other('decision := [yaml.unmarshal(input.a), json.is_valid(input.b)]', {
      builtins: 'all',
    }),
  };
  it.each(Object.keys(MODULES))('is not loaded, here or in a thread, when it %s', async (fault) => {
    const wasm = (await MODULES[fault]?.()) ?? new Uint8Array();
    for (const confinement of ['here', PATIENT] as const) {
      const seen = await createAnswerer(bundleAround(wasm), confinement).then(
        () => 'loaded',
        (cause: unknown) => `refused: ${thrownText(cause).slice(0, 60)}`,
      );
      if (confinement === 'here') table.push([`module ${fault}`, 'refused', seen]);
      expect(seen).toMatch(/^refused/);
    }
    const pdp = over(await createAnswerer(good, 'here'));
    expect((await pdp.decide(question())).effect).toBe('read_state');
  });
});

describe('a question that is asked while another is being answered', () => {
  it('is denied, and the first is answered right', async () => {
    const noisy = bundleAround(renamed(faulty.wasm, 'opa_abort', 'opa_println'));
    const answerer = await createAnswerer(noisy, 'here');
    const pdp = over(answerer);
    const inner: Promise<Decision>[] = [];
    const { write } = process.stderr;
    // What the policy prints while it evaluates runs this, which asks again.
    process.stderr.write = () => inner.push(pdp.decide(question())) > 0;
    const outer = await pdp.decide(question('two values')).finally(() => {
      process.stderr.write = write;
    });
    const [asked] = await Promise.all(inner);
    table.push(['re-entrant question', 'policy.error', asked === undefined ? 'never asked' : rulesOf(asked)]);
    expect(asked && rulesOf(asked)).toBe('policy.error');
    expect(outer.effect).toBe('deny');
    expect((await pdp.decide(question())).effect).toBe('read_state');
  });
});

describe('three failures in a row', () => {
  it.each([
    ['in this process', 'here' as const],
    ['in a thread', PATIENT],
  ])('make a policy %s unavailable, which it says, until it proves itself', async (where, confinement) => {
    const pdp = over(await createAnswerer(faulty, confinement));
    const seen: string[] = [];
    for (let n = 0; n < 3; n += 1) seen.push(rulesOf(await pdp.decide(question('two values'))));
    expect(seen).toEqual(['policy.error', 'policy.error', 'policy.unavailable']);
    expect(pdp.alarms()).toMatchObject([{ id: 'policy.unavailable', severity: 'critical' }]);
    // This one answers questions about reading as such to nobody but codex, so it cannot prove itself.
    const after = rulesOf(await pdp.decide(question()));
    table.push([`${where}: three in a row, and no proof afterwards`, 'policy.unavailable', after]);
    expect(after).toBe('policy.unavailable');
    await pdp.close();
  });

  it('are over once it answers again, as a policy does whose questions were at fault', async () => {
    const text = `${FAULTY}\n\ndecision := good if input.subject.id == "canary"`;
    const pdp = over(await createAnswerer(bundleAround(await wasmOf(rego, text)), 'here'));
    for (let n = 0; n < 5; n += 1) expect((await pdp.decide(question('two values'))).effect).toBe('deny');
    table.push(['three in a row, then a proof', 'read_state', (await pdp.decide(question())).effect]);
    expect([(await pdp.decide(question())).effect, pdp.alarms()]).toEqual(['read_state', []]);
  });
});
