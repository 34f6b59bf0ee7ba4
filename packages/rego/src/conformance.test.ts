// OPA's own conformance cases, through the interpreter and through a compiled policy in an evaluator. Every fourth case
// always; all of them, and CONFORMANCE.md, by `script/test --long conformance`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type ConformanceCase, conformanceCases } from './_testing/conformance.js';
import { compiled, interpreted, type Outcome } from './_testing/conformance-outcome.js';
import { countOf, type Known, outdated, type Result, reportText, unexplained } from './_testing/conformance-report.js';
import { createRego, type Rego } from './index.js';

/** 2,400 cases take some 85 s on two quiet cores. */
const LIMIT_MS = 1_200_000;
const LONG = process.env.MESHCLAW_LONG === 'conformance';

/** What the interpreter answers otherwise here, and why. */
const INTERPRETER_DIFFERS: Known = [
  [
    'baseandvirtualdocs/test-baseandvirtualdocs-0704.yaml',
    'a rule in the place of data is refused before the evaluation',
  ],
  ['logic_operators/rego_v2_import.yaml', 'a later language version'],
  ['negation/test-not-body-rego-v2.yaml', 'a later language version'],
  ['netlookupipaddr/', 'there is no network'],
  ['time/test-time-0947.yaml', 'it uses a built-in of the test program of OPA'],
];
/** What a compiled policy answers otherwise, and why. */
const COMPILED_DIFFERS: Known = [
  [
    'baseandvirtualdocs/test-baseandvirtualdocs-0704.yaml',
    'a rule in the place of data is refused before the evaluation',
  ],
  ['dataderef/test-data-derefs.yaml', 'the runtime takes no number for the key of an object'],
  ['jsonbuiltins/test-json-unmarshal-number-range.yaml', 'the runtime has no limit for exponents'],
  ['strings/test-strings-format-int-bignum.yaml', 'the runtime has no integers beyond 64 bits here, and stops'],
];

const all = conformanceCases();
const cases = LONG ? all : all.filter((_, index) => index % 4 === 0);
const rego = createRego();
afterAll(() => rego.close());

async function resultsOf(answer: (rego: Rego, one: ConformanceCase) => Promise<Outcome>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const one of cases) results.push({ one, outcome: await answer(rego, one) });
  return results;
}

/** Says the figures, and that nothing is different without a reason. */
function expectExplained(name: string, results: readonly Result[], known: Known): void {
  const { cases: asked, equal, different, beyond } = countOf(results);
  console.info(
    `conformance, ${name}: ${equal} of ${asked - beyond} equal, ${different} known to differ, ${beyond} not applicable`,
  );
  expect(unexplained(results, known)).toEqual([]);
  if (LONG) expect(outdated(results, known)).toEqual([]);
}

describe('OPA’s conformance cases', () => {
  it('are all there', () => {
    expect(all).toHaveLength(2_400);
    expect(new Set(all.map(({ id }) => id)).size).toBe(2_400);
  });

  it('have the answers of OPA, in the interpreter and compiled', { timeout: LIMIT_MS }, async () => {
    const interpreter = await resultsOf(interpreted);
    expectExplained('interpreter', interpreter, INTERPRETER_DIFFERS);
    const policies = await resultsOf(compiled);
    expectExplained('compiled', policies, COMPILED_DIFFERS);
    if (!LONG) return;
    const version = await rego.version();
    const opa = version.ok ? version.value.opa : '';
    const text = reportText(
      opa,
      { results: interpreter, known: INTERPRETER_DIFFERS },
      { results: policies, known: COMPILED_DIFFERS },
    );
    await expect(text).toMatchFileSnapshot('../CONFORMANCE.md');
  });

  it('are those of the OPA module that the compiler is made of', (context) => {
    const script = fileURLToPath(new URL('../scripts/import-conformance.mjs', import.meta.url));
    const cwd = fileURLToPath(new URL('../compiler/', import.meta.url));
    try {
      const words = ['list', '-m', '-f', '{{.Dir}}', 'github.com/open-policy-agent/opa'];
      if (execFileSync('go', words, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim() === '')
        throw new Error('no module');
    } catch {
      context.skip('Go, or its copy of the OPA module, is not here');
    }
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
  });
});
