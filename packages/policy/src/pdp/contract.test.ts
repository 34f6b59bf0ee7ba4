// The contract of the evaluator, line by line. Each fault of its own is in engine-faults.test.ts.
import { createHash } from 'node:crypto';
import { type Decision, toWireDecision, toWireRequest } from '@meshclaw/core';
import { createRego } from '@meshclaw/rego';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renamed } from '../_testing/doctored-wasm.js';
import { bundleAround, DECISION, ENTRYPOINT, question, wasmOf } from '../_testing/policy-bundle.js';
import type { PolicyBundle } from '../bundle/bundle.js';
import { loadShippedBundle } from '../bundle/shipped.js';
import { livePolicy } from '../live-policy.js';
import { openPolicy, type Policy } from '../open-policy.js';
import { createAnswerer } from './answerer.js';
import { createPdp, pdpOver } from './create-pdp.js';
import { loadModule } from './evaluator.js';

const rego = createRego();
let policy: Policy;
let good: PolicyBundle;
beforeAll(async () => {
  policy = (await openPolicy())._unsafeUnwrap();
  good = bundleAround(await wasmOf(rego, `decision := ${DECISION}`));
});
afterAll(() => rego.close());

const rulesOf = ({ reasons }: Decision) => reasons.map(({ rule }) => rule);
const restart = (freeze = false) => {
  const asked = question();
  const action = { name: 'service.restart', class: 'write', properties: { unit: 'nginx.service' } } as const;
  return { ...asked, action, context: { ...asked.context, freeze } };
};

describe('the evaluator', () => {
  test('1: evaluates exactly the bytes that were checked and digested, serialised once', async () => {
    let serialised = 0;
    const properties = {
      get unit() {
        serialised += 1;
        return 'nginx.service';
      },
    };
    const asked = { ...restart(), action: { ...restart().action, properties } };
    const [hostile, plain] = [await policy.decide(asked), await policy.decide(restart())];
    expect(serialised).toBe(1);
    expect(hostile.inputDigest).toBe(plain.inputDigest);
    const text = JSON.stringify(toWireRequest(restart()));
    expect(plain.inputDigest).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('2: takes a module by the name of its entrypoint, and only with the ABI and the built-ins that it has', async () => {
    await expect(loadModule(good.wasm, {}, ENTRYPOINT)).resolves.toBeDefined();
    await expect(loadModule(good.wasm, {}, 'meshclaw/authz/other')).rejects.toThrow(/entrypoint/);
    const needy = await wasmOf(rego, 'decision := time.now_ns()', { builtins: 'all' });
    await expect(loadModule(needy, {}, ENTRYPOINT)).rejects.toThrow(/time\.now_ns/);
  });

  test('3: gives an instance bounded memory and one question at a time', async () => {
    const hungry =
      'decision := count([x | some a in numbers.range(1, input.a); some b in numbers.range(1, 100); x := [a, b]])';
    const module = await loadModule(await wasmOf(rego, hungry), {}, ENTRYPOINT);
    expect(() => module.instance().evaluate('{"a": 1000000}')).toThrow();
    const inner: unknown[] = [];
    const instance = (
      await loadModule(
        renamed(await wasmOf(rego, 'decision := 1 if input.a\n\ndecision := 2 if input.a'), 'opa_abort', 'opa_println'),
        {},
        ENTRYPOINT,
      )
    ).instance();
    const { write } = process.stderr;
    process.stderr.write = () => {
      try {
        instance.evaluate('{}');
      } catch (cause) {
        inner.push((cause as Error).message);
      }
      return true;
    };
    try {
      expect(() => instance.evaluate('{"a": true}')).toThrow();
    } finally {
      process.stderr.write = write;
    }
    expect(inner[0]).toBe('the instance is already evaluating');
  });

  test('4: denies with policy.error when evaluating throws, and with an alarm after three in a row', async () => {
    const throwing = `decision := ${DECISION}\n\ndecision := 1 if input.subject.id == "thrower"`;
    const pdp = await createPdp(bundleAround(await wasmOf(rego, throwing)));
    const seen: string[] = [];
    for (let n = 0; n < 3; n += 1) seen.push(...rulesOf(await pdp.decide(question('thrower'))));
    expect(seen).toEqual(['policy.error', 'policy.error', 'policy.unavailable']);
    expect(pdp.alarms()).toHaveLength(1);
    expect([(await pdp.decide(question())).effect, pdp.alarms()]).toEqual(['read_state', []]);
  });

  test('5: ends what does not answer in time, and denies with policy.timeout', async () => {
    const loops = `many := numbers.range(1, 3000)\n\ndecision := ${DECISION} if {\n\tcount([1 | many[_]; many[_]; many[_]; c := many[_]; c == input.request_id]) == 0\n}`;
    const answerer = await createAnswerer(bundleAround(await wasmOf(rego, loops)), { apart: () => 250 });
    const pdp = pdpOver({ shipped: answerer, beside: [] });
    expect(rulesOf(await pdp.decide(question()))).toEqual(['policy.timeout']);
    await pdp.close();
  });

  test('6: decides by new data or policy only in a new instance that was proved first', async () => {
    const opened = (await openPolicy({ pack: 'production' }))._unsafeUnwrap();
    let state = 'one';
    const at = { ms: 0 };
    const live = livePolicy({
      first: policy,
      state,
      look: () => state,
      now: () => at.ms,
      open: async () => (await openPolicy({ pack: 'production' })).mapErr(({ message }) => message),
      onReplaced: async (next) =>
        (await openPolicy()).map(() => expect(next.failedSelfTest).toEqual([])).mapErr(() => ''),
      onFailed: async () => {},
    });
    expect((await live.decide(restart())).policyDigest).toBe(policy.digest);
    state = 'two';
    at.ms = 1_000;
    expect((await live.decide(restart())).policyDigest).toBe(opened.digest);
    expect(opened.digest).not.toBe(policy.digest);
  });

  test('7: takes exactly one answer of the schema that echoes the question', async () => {
    for (const body of [
      'decision := "read_state"',
      `decision := object.union(${DECISION}, {"request_id": "req-0"})`,
      `decision := object.union(${DECISION}, {"more": 1})`,
    ]) {
      const pdp = await createPdp(bundleAround(await wasmOf(rego, body)));
      expect(rulesOf(await pdp.decide(question()))).toEqual(['policy.malformed_decision']);
    }
  });

  test('8: lets a policy print to stderr only, and only so much', async () => {
    const printing = renamed(
      await wasmOf(rego, 'decision := 1 if input.a\n\ndecision := 2 if input.a'),
      'opa_abort',
      'opa_println',
    );
    const module = await loadModule(printing, {}, ENTRYPOINT);
    const { write } = process.stderr;
    const { log } = console;
    const [printed, logged]: [string[], unknown[]] = [[], []];
    process.stderr.write = (text) => printed.push(String(text)) > 0;
    console.log = (line) => logged.push(line);
    try {
      for (let n = 0; n < 1_000; n += 1) expect(() => module.instance().evaluate('{"a": true}')).toThrow();
    } finally {
      process.stderr.write = write;
      console.log = log;
    }
    expect([logged, printed.join('').length <= 16_384]).toEqual([[], true]);
  });

  test('9: tells digests, class, rules and duration of every decision, and answers the same again', async () => {
    const [first, again] = [await policy.decide(restart()), await policy.decide(restart())];
    expect(toWireDecision(first)).toMatchObject({
      policy_digest: policy.digest,
      input_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      class: 'write',
      reasons: [{ rule: expect.any(String) }],
      duration_ms: expect.any(Number),
    });
    expect({ ...again, durationMs: 0 }).toEqual({ ...first, durationMs: 0 });
  });

  test('10: keeps the last good policy when a new one is no good, and says so; nothing milder ever decides', async () => {
    let state = 'good';
    const at = { ms: 0 };
    const failed: string[] = [];
    const live = livePolicy({
      first: (await openPolicy())._unsafeUnwrap(),
      state,
      look: () => state,
      now: () => at.ms,
      open: async () => (await openPolicy({ pack: 'gone' as never })).mapErr(({ kind }) => kind),
      onReplaced: async () => Promise.reject(new Error('never')),
      onFailed: async (detail) => void failed.push(detail),
    });
    state = 'broken';
    at.ms = 1_000;
    const decision = await live.decide(restart(true));
    expect([decision.effect, decision.policyDigest]).toEqual(['deny', policy.digest]);
    expect(rulesOf(decision)).toEqual(['any.freeze', 'policy.reload_failed']);
    expect(live.alarms?.()).toMatchObject([{ id: 'policy.reload_failed', detail: 'policy.unknown_pack' }]);
    expect(failed).toEqual(['policy.unknown_pack']);
  });

  test('11: has no clock, randomness or network, neither in the shipped module nor in one that is compiled here', async () => {
    const bundle = loadShippedBundle() as PolicyBundle;
    await expect(loadModule(bundle.wasm, bundle.data, ENTRYPOINT)).resolves.toBeDefined();
    for (const builtin of [
      'time.now_ns()',
      'rand.intn("a", 10)',
      'http.send({})',
      'opa.runtime()',
      'uuid.rfc4122("a")',
    ]) {
      await expect(wasmOf(rego, `decision := ${builtin}`)).rejects.toThrow(/undefined function/);
    }
  });
});
