// What became of one conformance case, in OPA's interpreter and as a compiled policy in an evaluator.
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { Answer, Built, Evaluated, Json, Rego } from '../index.js';
import { type ConformanceCase, unordered } from './conformance.js';

/** `beyond` is why a case cannot be asked this way at all. */
export type Outcome = { readonly kind: 'equal' | 'different' } | { readonly kind: 'beyond'; readonly why: string };

const equal = (a: Json, b: Json): boolean => JSON.stringify(unordered(a)) === JSON.stringify(unordered(b));
const told = (same: boolean): Outcome => ({ kind: same ? 'equal' : 'different' });

/** By the interpreter, with every built-in of OPA. */
export async function interpreted(rego: Rego, one: ConformanceCase): Promise<Outcome> {
  const { files, data, input, inputTerm, query } = one;
  const asked = inputTerm === undefined ? query : `${query} with input as ${inputTerm}`;
  const sources = { files, ...(data ? { data } : {}), ...(input === undefined ? {} : { input }) };
  return told(agrees(one, await rego.eval({ ...sources, query: asked, builtins: 'all' })));
}

function agrees({ wanted }: ConformanceCase, answer: Answer<Evaluated>): boolean {
  if (!answer.ok) {
    if (wanted.kind !== 'error' || !('diagnostics' in answer.error)) return false;
    const codes = answer.error.diagnostics.map(({ code }) => code);
    return wanted.code === undefined || codes.includes(wanted.code);
  }
  const { results, builtinErrors } = answer.value;
  if (wanted.kind === 'error') {
    return builtinErrors.some(({ code }) => wanted.code === undefined || code === wanted.code);
  }
  return equal(
    results.map(({ bindings }) => bindings),
    wanted.rows,
  );
}

/** By a policy compiled with the built-ins that an evaluator has, in `@open-policy-agent/opa-wasm`. */
export async function compiled(rego: Rego, one: ConformanceCase): Promise<Outcome> {
  const [, path, variable = ''] = /^data\.([\w.]+) = (?!input$)([a-z]\w*)$/.exec(one.query) ?? [];
  if (path === undefined) return { kind: 'beyond', why: 'the query is not one rule, which is all that is compiled' };
  if (one.inputTerm !== undefined) return { kind: 'beyond', why: 'the input is a term that JSON has no form of' };
  const { files, data, wanted } = one;
  const entrypoint = path.replaceAll('.', '/');
  const built = await rego.build({ files, ...(data ? { data } : {}), entrypoints: [entrypoint] });
  if (!built.ok) {
    const why = refusalOf(built);
    return why === undefined ? told(wanted.kind === 'error' && !wanted.strict) : { kind: 'beyond', why };
  }
  const rows = await evaluate(built.value, one, entrypoint);
  if (wanted.kind === 'error' && !wanted.strict) return told(rows === 'threw');
  const wantedRows = wanted.kind === 'error' ? [] : wanted.rows;
  if (rows === 'threw') return told(false);
  return told(
    equal(
      rows.map((value) => ({ [variable]: value })),
      wantedRows,
    ),
  );
}

/** Why a policy is refused that OPA by itself accepts: fewer built-ins, also to mock, and one language version. */
function refusalOf(answer: Answer<Built>): string | undefined {
  if (answer.ok || !('diagnostics' in answer.error)) return undefined;
  const messages = answer.error.diagnostics.map(({ message }) => message);
  const missing = messages.flatMap((message) => /undefined function ([\w.]+)/.exec(message)?.[1] ?? []);
  if (missing.length > 0) return `a built-in that the runtime does not have: ${[...new Set(missing)].sort()[0]}`;
  if (messages.some((message) => message.includes('must reference existing input, data, or a function'))) {
    return 'a built-in that the runtime does not have, replaced by `with`';
  }
  if (messages.some((message) => message.includes('`rego.v2` is not supported'))) return 'a later language version';
  return undefined;
}

async function evaluate(
  built: Built,
  { input }: ConformanceCase,
  entrypoint: string,
): Promise<readonly Json[] | 'threw'> {
  try {
    const policy = await loadPolicy(built.wasm);
    policy.setData(JSON.parse(built.dataJson) as object);
    return (policy.evaluate(input, entrypoint) as { result: Json }[]).map(({ result }) => result);
  } catch {
    return 'threw';
  }
}
