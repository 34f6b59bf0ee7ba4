import { createRego } from '@meshclaw/rego';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModule } from './evaluator.js';

const ENTRYPOINT = 'meshclaw/authz/decision';
const rego = createRego();
afterAll(() => rego.close());

const wasmOf = async (body: string, builtins: 'all' | undefined = undefined): Promise<Uint8Array> => {
  const text = `package meshclaw.authz\n\n# METADATA\n# entrypoint: true\n${body}\n`;
  const built = await rego.build({
    files: [{ path: 'authz.rego', text }],
    entrypoints: [ENTRYPOINT],
    ...(builtins ? { builtins } : {}),
  });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  return built.value.wasm;
};
const CONFLICT = 'decision := 1 if input.a\n\ndecision := 2 if input.a';

/** The same module with its import `opa_abort` under another name. */
function renamed(wasm: Uint8Array, name: string): Uint8Array {
  const bytes = Buffer.from(wasm);
  for (let at = 8; at < bytes.length; ) {
    const [size, start] = readSize(bytes, at + 1);
    const end = start + size;
    if (bytes[at] === 2) {
      const old = bytes.indexOf('opa_abort', start);
      const section = Buffer.concat([
        bytes.subarray(start, old - 1),
        Buffer.from([name.length]),
        Buffer.from(name),
        bytes.subarray(old + 'opa_abort'.length, end),
      ]);
      return Buffer.concat([bytes.subarray(0, at + 1), writeSize(section.length), section, bytes.subarray(end)]);
    }
    at = end;
  }
  throw new Error('no imports');
}
/** LEB128, as WebAssembly writes sizes. */
function readSize(bytes: Uint8Array, from: number): readonly [size: number, next: number] {
  const low = bytes[from] ?? 0;
  if (low < 128) return [low, from + 1];
  const [high, next] = readSize(bytes, from + 1);
  return [(low & 127) + high * 128, next];
}
const writeSize = (size: number): Buffer =>
  size < 128 ? Buffer.from([size]) : Buffer.concat([Buffer.from([(size & 127) | 128]), writeSize(size >> 7)]);

describe('a policy module', () => {
  it('is refused when it needs a built-in that a host would have to supply', async () => {
    const wasm = await wasmOf('decision := sprintf("%d", [input.a])', 'all');
    await expect(loadModule(wasm, {}, ENTRYPOINT)).rejects.toThrow(/built-in sprintf/);
  });

  it('is refused when it imports something else', async () => {
    const bytes = renamed(await wasmOf('decision := 1'), 'opa_printer');
    await expect(loadModule(bytes, {}, ENTRYPOINT)).rejects.toThrow(/imports env\.opa_printer/);
  });

  // OPA's compiler drops `print`; a module made otherwise may still call what prints. Here its aborts do.
  it('prints to stderr and never to stdout, and not without end', async () => {
    const module = await loadModule(renamed(await wasmOf(CONFLICT), 'opa_println'), {}, ENTRYPOINT);
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
    const module = await loadModule(await wasmOf(many), {}, ENTRYPOINT);
    expect(module.instance().evaluate('{"a": 10}')).toEqual([{ result: 1000 }]);
    expect(() => module.instance().evaluate('{"a": 1000000}')).toThrow();
  });

  it('sees its data, and no input is no answer', async () => {
    const module = await loadModule(await wasmOf('decision := [data.a, input.b]'), { a: 1 }, ENTRYPOINT);
    expect(module.instance().evaluate('{"b": 2}')).toEqual([{ result: [1, 2] }]);
    expect(module.instance().evaluate('{}')).toEqual([]);
  });
});
