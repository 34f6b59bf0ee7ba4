// OPA's own conformance cases, through the interpreter and through a compiled policy in an evaluator. They come from
// Go's module cache; without it this file is skipped and says why.
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConformanceCase, conformanceCases, conformanceFolder, unordered } from './_testing/conformance.js';
import { type Answer, type Built, createRego, type Evaluated, type Json } from './index.js';

/** 2,400 cases take some 40 s on two quiet cores. */
const LIMIT_MS = 600_000;

/** Cases by the start of their note that the interpreter answers otherwise here, and why. */
const INTERPRETER_DIFFERS: readonly (readonly [note: string, reason: string])[] = [
  ['baseandvirtualdocs/base/virtual: conflicts', 'a rule in the place of data is refused before the evaluation'],
  ['logic_op/rego_v2_import', 'a later language version'],
  ['negation/rego_v2_import', 'a later language version'],
  ['net.lookup_ip_addr/', 'there is no network'],
  ['time/time caching', 'it uses a built-in of the test program of OPA'],
];

/** Cases that a compiled policy answers otherwise, and why. */
const COMPILED_DIFFERS: readonly (readonly [note: string, reason: string])[] = [
  ['baseandvirtualdocs/base/virtual: conflicts', 'a rule in the place of data is refused before the evaluation'],
  ['data/toplevel integer', 'the runtime takes no number for the key of an object'],
  ['data/nested integer', 'the runtime takes no number for the key of an object'],
  ['jsonbuiltins/unmarshal number beyond the supported exponent', 'the runtime has no limit for exponents'],
  ['jsonbuiltins/unmarshal number with too big an exponent', 'the runtime has no limit for exponents'],
  ['strings/format_int: bignum exact', 'the runtime has no integers beyond 64 bits here, and stops'],
];

const unexpected = (notes: readonly string[], known: readonly (readonly [string, string])[]): readonly string[] =>
  notes.filter((note) => !known.some(([start]) => note.startsWith(start)));
const outdated = (notes: readonly string[], known: readonly (readonly [string, string])[]): readonly string[] =>
  known.map(([start]) => start).filter((start) => !notes.some((note) => note.startsWith(start)));

const folder = conformanceFolder();
if (folder === undefined) console.warn('conformance cases skipped: Go or its copy of the OPA module is missing');
const cases = folder === undefined ? [] : conformanceCases(folder);
const rego = createRego();
afterAll(() => rego.close());

const equal = (a: Json, b: Json): boolean => JSON.stringify(unordered(a)) === JSON.stringify(unordered(b));

function agrees({ wanted }: ConformanceCase, answer: Answer<Evaluated>): boolean {
  if (!answer.ok) {
    if (wanted.kind !== 'error' || !('diagnostics' in answer.error)) return false;
    const codes = answer.error.diagnostics.map(({ code }) => code);
    return wanted.code === undefined || codes.includes(wanted.code);
  }
  const { results, builtinErrors } = answer.value;
  if (wanted.kind === 'error')
    return builtinErrors.some(({ code }) => wanted.code === undefined || code === wanted.code);
  if (wanted.kind === 'defined') return results.length > 0 === wanted.defined;
  return equal(
    results.map(({ bindings }) => bindings),
    wanted.rows,
  );
}

/** The entrypoint of a query such as `data.p.q = x`, the only form that a compiled policy can answer. */
const entrypointOf = ({ query }: ConformanceCase): string | undefined =>
  /^data\.([\w.]+) = x$/.exec(query)?.[1]?.replaceAll('.', '/');

/** A compiled policy has fewer built-ins than OPA, also to mock, and is of one language version. */
function isExpectedRefusal(answer: Answer<Built>): boolean {
  const expected = /undefined function|must reference existing input, data, or a function|`rego\.v2` is not supported/;
  return (
    !answer.ok &&
    'diagnostics' in answer.error &&
    answer.error.diagnostics.some(({ message }) => expected.test(message))
  );
}

async function evaluate(built: Built, { input }: ConformanceCase, entrypoint: string): Promise<Json> {
  try {
    const policy = await loadPolicy(built.wasm);
    policy.setData(JSON.parse(built.dataJson) as object);
    return (policy.evaluate(input, entrypoint) as { result: Json }[]).map(({ result }) => ({ x: result }));
  } catch (thrown) {
    return `it threw ${thrown instanceof Error ? thrown.message : JSON.stringify(thrown)}`;
  }
}

describe('OPA’s conformance cases', () => {
  beforeEach((context) => {
    if (folder === undefined) context.skip('Go, or the OPA module in its cache, is not here');
  });

  it('have the answers that OPA gives natively, in the interpreter', { timeout: LIMIT_MS }, async () => {
    const different: string[] = [];
    for (const one of cases) {
      const { files, data, input, query } = one;
      const sources = { files, ...(data ? { data } : {}), ...(input === undefined ? {} : { input }) };
      if (!agrees(one, await rego.eval({ ...sources, query, builtins: 'all' }))) different.push(one.note);
    }
    expect(cases.length).toBeGreaterThan(2_000);
    expect(unexpected(different, INTERPRETER_DIFFERS)).toEqual([]);
    expect(outdated(different, INTERPRETER_DIFFERS)).toEqual([]);
  });

  it('have the same answers from a compiled policy', { timeout: LIMIT_MS }, async () => {
    let equals = 0;
    const different: string[] = [];
    for (const one of cases) {
      const entrypoint = entrypointOf(one);
      const { files, data, wanted } = one;
      if (entrypoint === undefined || wanted.kind !== 'result') continue;
      const built = await rego.build({ files, ...(data ? { data } : {}), entrypoints: [entrypoint] });
      if (!built.ok && isExpectedRefusal(built)) continue;
      if (!built.ok) different.push(one.note);
      else if (equal(await evaluate(built.value, one, entrypoint), wanted.rows)) equals += 1;
      else different.push(one.note);
    }
    expect(equals).toBeGreaterThan(1_300);
    expect(unexpected(different, COMPILED_DIFFERS)).toEqual([]);
    expect(outdated(different, COMPILED_DIFFERS)).toEqual([]);
  });
});
