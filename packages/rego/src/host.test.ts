import { afterEach, describe, expect, it } from 'vitest';
import { FILES, one, unwrap } from './_testing/policy.js';
import { createRego, type Rego, type RegoOptions } from './index.js';

const opened: Rego[] = [];
function open(options: RegoOptions = {}): Rego {
  const rego = createRego(options);
  opened.push(rego);
  return rego;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((rego) => rego.close()));
});

const endless = one(`package p

test_endless if {
	some a in numbers.range(1, 100000)
	some b in numbers.range(1, 100000)
	a + b < 0
}
`);

describe('the time limit', () => {
  it('ends a test that does not end, and the next call works', async () => {
    const rego = open();
    await rego.version();
    const started = performance.now();
    const answer = await rego.test({ files: endless, timeoutMs: 1_000 });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'rego.timed_out', limitMs: 1_000 } });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(unwrap(await rego.check({ files: FILES }))).toEqual({ files: 3 });
  });

  it('counts from the start of a call, not from when it was queued', async () => {
    const rego = open();
    await rego.version();
    const slow = rego.test({ files: endless, timeoutMs: 1_500 });
    const quick = rego.check({ files: FILES, timeoutMs: 1_200 });
    expect(await slow).toMatchObject({ error: { kind: 'rego.timed_out' } });
    expect((await quick).ok).toBe(true);
  });

  it('can be set for all calls', async () => {
    const rego = open({ timeoutMs: 500 });
    expect(await rego.test({ files: endless })).toMatchObject({ error: { kind: 'rego.timed_out', limitMs: 500 } });
  });
});

describe('the queue', () => {
  it('answers calls that were made together in their order', async () => {
    const rego = open();
    const order: string[] = [];
    await Promise.all([
      rego.check({ files: FILES }).then(() => order.push('check')),
      rego.version().then(() => order.push('version')),
      rego.fmt({ files: FILES }).then(() => order.push('fmt')),
    ]);
    expect(order).toEqual(['check', 'version', 'fmt']);
  });

  it('goes on after a refused policy', async () => {
    const rego = open();
    const [refused, accepted] = await Promise.all([
      rego.check({ files: one('package') }),
      rego.check({ files: FILES }),
    ]);
    expect([refused.ok, accepted.ok]).toEqual([false, true]);
  });
});

describe('close', () => {
  it('answers running, waiting and later calls with rego.closed', async () => {
    const rego = open();
    await rego.version();
    const running = rego.test({ files: endless });
    const waiting = rego.version();
    await rego.close();
    for (const answer of [await running, await waiting, await rego.version()]) {
      expect(answer).toMatchObject({ ok: false, error: { kind: 'rego.closed' } });
    }
  });

  it('may be called twice and before the first call', async () => {
    const rego = open();
    await rego.close();
    await rego.close();
    expect((await rego.version()).ok).toBe(false);
  });
});

describe('hostile sources', () => {
  it('nested 20,000 deep are refused or compiled, and the next call works', async () => {
    const rego = open();
    const deep = await rego.check({ files: one(`package p\n\nx := ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`) });
    expect(['rego.invalid_policy', undefined]).toContain(deep.ok ? undefined : deep.error.kind);
    expect((await rego.version()).ok).toBe(true);
  });

  it('nested a million deep never take the process down', async () => {
    const rego = open();
    const deep = await rego.check({ files: one(`package p\n\nx := ${'['.repeat(1_000_000)}`) });
    expect(deep.ok).toBe(false);
    expect((await rego.version()).ok).toBe(true);
  });
});
