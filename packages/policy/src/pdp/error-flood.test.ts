// What is left of an evaluator after a flood of questions that make the policy throw. An instance of the library's is dead
// after some hundreds. `script/test --long error-flood` asks a million times.
import { createRego } from '@meshclaw/rego';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleAround, DECISION, question, wasmOf } from '../_testing/policy-bundle.js';
import { createPdp } from './create-pdp.js';

const LONG = process.env.MESHCLAW_LONG !== undefined;
const TIMES = LONG ? 1_000_000 : 20_000;
/** Far under what a flood would take if each failure left its memory behind (2 MiB an instance), far over what garbage collection lets stand. */
const MOST_GROWTH_MIB = 512;
const THROWING = `decision := ${DECISION}\n\ndecision := object.union(${DECISION}, {"class": "write"}) if input.subject.id == "thrower"`;

const rego = createRego();
afterAll(() => rego.close());

describe(`${TIMES.toLocaleString('en')} questions that throw`, () => {
  it('are all denied; then a good one is answered right, and memory is bounded', { timeout: 3_600_000 }, async () => {
    const pdp = await createPdp(bundleAround(await wasmOf(rego, THROWING)));
    const bad = question('thrower');
    const before = process.memoryUsage.rss();
    let [denied, most] = [0, before];
    for (let n = 1; n <= TIMES; n += 1) {
      denied += Number((await pdp.decide(bad)).effect === 'deny');
      if (n % 1_000 !== 0) continue;
      most = Math.max(most, process.memoryUsage.rss());
      await new Promise((resolve) => setImmediate(resolve)); // memory of dead instances is freed between turns
    }
    const after = await pdp.decide(question());
    const grownMib = Math.round((most - before) / 2 ** 20);
    if (LONG) process.stdout.write(`\n${denied} denied, at most ${grownMib} MiB more; then ${after.effect}\n`);
    expect([denied, after.effect]).toEqual([TIMES, 'read_state']);
    expect(grownMib).toBeLessThan(MOST_GROWTH_MIB);
  });
});
