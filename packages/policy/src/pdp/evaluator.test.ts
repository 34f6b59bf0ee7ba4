import { createRego } from '@meshclaw/rego';
import { afterAll, describe, expect, it } from 'vitest';
import { renamed } from '../_testing/doctored-wasm.js';
import { ENTRYPOINT, wasmOf } from '../_testing/policy-bundle.js';
import { loadModule } from './evaluator.js';

const rego = createRego();
afterAll(() => rego.close());

const CONFLICT = 'decision := 1 if input.a\n\ndecision := 2 if input.a';

describe('a policy module', () => {
  it('is refused when it needs a built-in that a host would have to supply', async () => {
    const wasm = await wasmOf(rego, 'decision := sprintf("%d", [input.a])', { builtins: 'all' });
    await expect(loadModule(wasm, {}, ENTRYPOINT)).rejects.toThrow(/built-in sprintf/);
  });

  it('is refused when it imports something else', async () => {
    const bytes = renamed(await wasmOf(rego, 'decision := 1'), 'opa_abort', 'opa_printer');
    await expect(loadModule(bytes, {}, ENTRYPOINT)).rejects.toThrow(/imports env\.opa_printer/);
  });

  // OPA's compiler drops `print`; a module made otherwise may still call what prints. Here its aborts do.
  it('prints to stderr and never to stdout, and not without end', async () => {
    const module = await loadModule(renamed(await wasmOf(rego, CONFLICT), 'opa_abort', 'opa_println'), {}, ENTRYPOINT);
    const { log } = console;
    const write = process.stderr.write;
    const stdout: unknown[] = [];
    const stderr: unknown[] = [];
    console.log = (line) => stdout.push(line);
    process.stderr.write = (line) => stderr.push(line) > 0;
    try {
      for (let n = 0; n < 1_000; n += 1) expect(() => module.instance().evaluate('{"a": 1}')).toThrow();
      console.log('after');
    } finally {
      console.log = log;
      process.stderr.write = write;
    }
    expect(stdout).toEqual(['after']);
    expect(stderr[0]).toMatch(/^policy: .*conflict/i);
    expect(stderr.join('').length).toBeLessThanOrEqual(16_384);
  });

  it('may not take more memory than it is given', async () => {
    const many =
      'decision := count([x | some a in numbers.range(1, input.a); some b in numbers.range(1, 100); x := [a, b]])';
    const module = await loadModule(await wasmOf(rego, many), {}, ENTRYPOINT);
    expect(module.instance().evaluate('{"a": 10}')).toEqual([{ result: 1000 }]);
    expect(() => module.instance().evaluate('{"a": 1000000}')).toThrow();
  });

  it('sees its data, and no input is no answer', async () => {
    const module = await loadModule(await wasmOf(rego, 'decision := [data.a, input.b]'), { a: 1 }, ENTRYPOINT);
    expect(module.instance().evaluate('{"b": 2}')).toEqual([{ result: [1, 2] }]);
    expect(module.instance().evaluate('{}')).toEqual([]);
  });
});
