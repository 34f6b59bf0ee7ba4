import { afterAll, describe, expect, it } from 'vitest';
import { hostBuiltins } from './_testing/evaluator.js';
import { unwrap } from './_testing/policy.js';
import {
  type Builtin,
  COMPILED_AWAY_BUILTINS,
  createRego,
  EVALUATOR_BUILTINS,
  HOST_BUILTINS,
  NATIVE_BUILTINS,
} from './index.js';

const rego = createRego();
afterAll(() => rego.close());

/** Calls of these names are rewritten or refused by the compiler, so they cannot be called in the plain way. */
const SYNTAX_ONLY = ['assign', 'eq'];

const native: readonly string[] = NATIVE_BUILTINS;
const compiledAway: readonly string[] = COMPILED_AWAY_BUILTINS;

function callOf({ name, arity, isRelation }: Builtin): string {
  const values = Array.from({ length: arity }, (_, index) => `input.a${index}`);
  return isRelation ? `${name}(${values.join(', ')}, [_, x])` : `x := ${name}(${values.join(', ')})`;
}

/** Builds one rule for each built-in and gives the names that the module wants from its host. */
async function wantedFromHost(builtins: readonly Builtin[]): Promise<readonly string[]> {
  const rules = builtins.map((builtin, index) => `r${index} := x if ${callOf(builtin)}`);
  const files = [{ path: 'p.rego', text: `package p\n\n${rules.join('\n\n')}\n` }];
  const entrypoints = rules.map((_, index) => `p/r${index}`);
  const built = unwrap(await rego.build({ files, entrypoints, builtins: 'all' }));
  return hostBuiltins(built.wasm);
}

async function allBuiltins(): Promise<readonly Builtin[]> {
  return unwrap(await rego.capabilities({ builtins: 'all' })).builtins;
}

describe('the built-ins that may be used by default', () => {
  it('are the native ones, those compiled away and the host table, which is empty', async () => {
    expect(HOST_BUILTINS).toEqual([]);
    expect(new Set(EVALUATOR_BUILTINS).size).toBe(EVALUATOR_BUILTINS.length);
    const { builtins, features } = unwrap(await rego.capabilities());
    expect(builtins.map(({ name }) => name).sort()).toEqual([...EVALUATOR_BUILTINS].sort());
    expect(features).toEqual(['rego_v1', 'keywords_in_refs', 'template_strings']);
    for (const name of ['sprintf', 'regex.split', 'yaml.marshal', 'yaml.unmarshal', 'yaml.is_valid', 'http.send']) {
      expect(EVALUATOR_BUILTINS).not.toContain(name);
    }
  });

  it('ask the host of a compiled policy for nothing', async () => {
    const callable = (await allBuiltins()).filter(({ name }) => native.includes(name) && !SYNTAX_ONLY.includes(name));
    expect(callable).toHaveLength(NATIVE_BUILTINS.length - SYNTAX_ONLY.length);
    expect(await wantedFromHost(callable)).toEqual([]);
  });

  it('leave out only what a host would have to supply and what Rego v1 refuses', async () => {
    const others = (await allBuiltins()).filter(({ name }) => !native.includes(name) && !compiledAway.includes(name));
    const usable = others.filter(({ deprecated, name }) => !deprecated && !name.startsWith('internal.'));
    expect(usable.length).toBeGreaterThan(80);
    expect(await wantedFromHost(usable)).toEqual(usable.map(({ name }) => name).sort());
    for (const { name, arity, isRelation, ...rest } of others.filter(({ deprecated }) => deprecated)) {
      const text = `package p\n\nr := x if ${callOf({ name, arity, isRelation, ...rest })}\n`;
      expect((await rego.check({ files: [{ path: 'p.rego', text }], builtins: 'all' })).ok, name).toBe(false);
    }
  });
});

describe('version', () => {
  it('names OPA and Go', async () => {
    const { opa, go } = unwrap(await rego.version());
    expect(opa).toMatch(/^1\.\d+\.\d+$/);
    expect(go).toMatch(/^go1\.\d+/);
  });
});
