/** Explains one decision: what answered and why, what nearly did, what would change it, and every step of OPA's interpreter. */

import {
  type Decision,
  type DecisionRequest,
  fromWireRequest,
  type JsonObject,
  type JsonValue,
  type PolicyDecisionPoint,
  sha256Hex,
  type WireRequest,
  wireRequestSchema,
} from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { CompileInput } from '../../bundle/compile.js';
import { baseDocument } from '../../bundle/policy-input.js';
import { fromAnswer, type RegoCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { moduleTree } from '../lint/syntax.js';
import { findChanges } from './changes.js';
import { type Clause, type Condition, clausesFor, type ReadModule } from './clauses.js';
import { evaluatedInput } from './evaluated-input.js';
import type { Answered, ExplainedCondition, Explanation, NearMiss, TraceStep } from './explanation.js';
import { type Variant, variantQuery, variantsOf } from './variants.js';

/** What explaining needs of a policy: its decisions, and what they are compiled from. */
export interface Explainable {
  readonly policy: PolicyDecisionPoint;
  readonly compile: CompileInput;
  /** Names of files as whoever asked knows them. */
  readonly place: (file: string) => string;
}
/** Some thousand steps: a decision of the shipped policy takes a few hundred. */
const TRACE_LIMIT = 5_000;
const QUERY = 'decision := data.meshclaw.authz.decision';
const STRICTEST = ['deny', 'approval_required', 'auto_safe', 'read_state'];

/** Explains. A request that policy cannot read is explained by its decision alone. Err kinds: `policy.unexplained`, `policy.compiler_unavailable`. */
export async function explainWith(
  rego: RegoCompiler,
  { policy, compile, place }: Explainable,
  request: DecisionRequest,
): Promise<Result<Explanation, PolicyError>> {
  const decision = await policy.decide(request);
  const bare = { decision, answered: [], nearMisses: [], changes: [], trace: [], traceDropped: 0 };
  const evaluated = evaluatedInput(request, compile);
  if ('problem' in evaluated || decision.inputDigest === '') return ok(bare);
  if (sha256Hex(evaluated.text) !== decision.inputDigest)
    return err(unexplained('the text that was evaluated is another'));
  const { input } = evaluated;
  const traced = await interpret(rego, compile, input);
  if (traced.isErr()) return err(traced.error);
  if (!sameAnswer(traced.value.answer, decision)) return err(unexplained('the interpreter answers otherwise'));
  const modules = await readModules(rego, compile);
  if (modules.isErr()) return err(modules.error);
  const clauses = clausesFor(request.action.name.split('.')[0] ?? '', modules.value, input);
  const variants = variantsOf(clauses);
  const held = await heldVariants(rego, compile, variants, input);
  if (held.isErr()) return err(held.error);
  const ask = (changed: JsonObject) => askChanged(policy, changed, request);
  const changes = await findChanges(input, clauses, compile.parameters, decision.effect, ask);
  const { steps, dropped } = traced.value;
  const trace = steps.map((step) => (step.place === undefined ? step : { ...step, place: place(step.place) }));
  return ok({ decision, ...explained(variants, held.value, place), changes, trace, traceDropped: dropped });
}

const unexplained = (cause: string): PolicyError => ({
  kind: 'policy.unexplained',
  message: 'this decision cannot be explained',
  cause,
});

const sameAnswer = (answer: unknown, { effect, reasons }: Decision): boolean => {
  const given = answer as {
    readonly effect?: unknown;
    readonly reasons?: readonly { readonly rule: unknown }[];
  } | null;
  const rules = (all: readonly { readonly rule: unknown }[]) => JSON.stringify(all.map(({ rule }) => rule).sort());
  return given?.effect === effect && rules(given.reasons ?? []) === rules(reasons);
};

interface Interpreted {
  readonly answer: JsonValue;
  readonly steps: readonly TraceStep[];
  readonly dropped: number;
}

async function interpret(
  rego: RegoCompiler,
  { modules, ...data }: CompileInput,
  input: JsonObject,
): Promise<Result<Interpreted, PolicyError>> {
  const document = baseDocument(data) as never;
  const answered = await rego.eval({
    ...{ files: modules, data: document, query: QUERY, input: input as never },
    ...{ trace: 'full', traceLimit: TRACE_LIMIT },
  });
  return fromAnswer(answered).map(({ results, trace }) => {
    const depths = new Map<number, number>();
    const told = (trace?.events ?? []).filter(({ op }) => op !== 'index'); // how OPA looks rules up explains nothing
    const steps = told.map(({ op, queryId, parentId, file, row, text, values }) => {
      const depth = queryId === 0 ? 0 : (depths.get(parentId) ?? -1) + 1;
      depths.set(queryId, depth);
      const placed = file === undefined || file === '' ? {} : { place: `${file}:${row}` };
      return { op, depth, text, ...placed, ...(values === undefined ? {} : { values: values as JsonObject }) };
    });
    return { answer: (results[0]?.bindings.decision ?? null) as JsonValue, steps, dropped: trace?.dropped ?? 0 };
  });
}

async function readModules(
  rego: RegoCompiler,
  { modules: files }: CompileInput,
): Promise<Result<readonly ReadModule[], PolicyError>> {
  const inspected = fromAnswer(await rego.inspect({ files }));
  if (inspected.isErr()) return err(inspected.error);
  const parsed = fromAnswer(await rego.parse({ files }));
  return parsed.map((trees) =>
    trees.map(({ file, package: name, ast }) => ({
      file,
      text: files.find(({ path }) => path === file)?.text ?? '',
      package: name.replace(/^data\./, ''),
      tree: moduleTree(file, ast),
      extents: inspected.value.modules.find((one) => one.file === file)?.rules ?? [],
    })),
  );
}

/** Which variants answer. One that does not compile without its condition (another needs what it binds) is left out, and the rest asked again. */
async function heldVariants(
  rego: RegoCompiler,
  { modules, ...data }: CompileInput,
  variants: readonly Variant[],
  input: JsonObject,
): Promise<Result<ReadonlySet<string>, PolicyError>> {
  const files = [...modules, ...variants.map(({ file }) => file)];
  const document = baseDocument(data) as never;
  const query = variantQuery(variants);
  const answered = await rego.eval({ files, data: document, query, input: input as never, builtins: 'all' });
  if (answered.ok) return ok(new Set((answered.value.results[0]?.bindings.held ?? []) as readonly string[]));
  const { diagnostics = [] } = answered.error as { diagnostics?: readonly { readonly file?: string }[] };
  const broken = new Set(diagnostics.map(({ file }) => file));
  const left = variants.filter(({ file, without }) => without === undefined || !broken.has(file.path));
  if (left.length === variants.length) return fromAnswer(answered).map(() => new Set());
  return heldVariants(rego, { modules, ...data }, left, input);
}

function explained(variants: readonly Variant[], held: ReadonlySet<string>, place: (file: string) => string) {
  const whole = new Set(
    variants.filter(({ name, without }) => without === undefined && held.has(name)).map((one) => one.clause),
  );
  const near = variants.filter(
    ({ name, without, clause }) => without !== undefined && held.has(name) && !whole.has(clause),
  );
  const byStrictness = <T extends { readonly effect: string }>(all: readonly T[]): readonly T[] =>
    all.toSorted((a, b) => STRICTEST.indexOf(a.effect) - STRICTEST.indexOf(b.effect));
  const head = ({ rule, kind, effect, file, row, column }: Clause) => ({
    rule,
    kind,
    effect,
    file: place(file),
    row,
    column,
  });
  const told = ({ offset: _, ...condition }: Condition): ExplainedCondition => ({
    ...condition,
    file: place(condition.file),
  });
  const answered = [...whole].map((clause): Answered => ({ ...head(clause), held: clause.conditions.map(told) }));
  const nearMisses = near.flatMap(({ clause, without }): NearMiss[] => {
    const failed = without === undefined ? undefined : clause.conditions[without];
    return failed === undefined ? [] : [{ ...head(clause), failed: told(failed) }];
  });
  return { answered: byStrictness(answered), nearMisses: byStrictness(nearMisses) };
}

/** The decision for a changed input; undefined when it is no request any more. Class and facts of command text are stated anew. */
async function askChanged(
  policy: PolicyDecisionPoint,
  changed: JsonObject,
  { action }: DecisionRequest,
): Promise<Decision | undefined> {
  const { command: _, ...asked } = changed.action as JsonObject;
  const parsed = wireRequestSchema.safeParse({ ...changed, action: { ...asked, class: action.class } });
  return parsed.success ? policy.decide(fromWireRequest(parsed.data satisfies WireRequest)) : undefined;
}
