/** Runs the owner's Rego tests together with the shipped library, as OPA's own tester does. */

import { err, ok, type Result } from 'neverthrow';
import { checkModules } from '../../bundle/check-modules.js';
import { baseDocument, type PolicySources, readPolicyInput } from '../../bundle/policy-input.js';
import { fromAnswer, type RegoCompiler, withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { type Place, placedIn, placeError } from '../place.js';

/** One test and what became of it; `details` are lines for people. */
export interface PolicyTest extends Place {
  readonly package: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'errored' | 'skipped';
  readonly durationMs: number;
  readonly details: readonly string[];
}
/** A stretch of a rule that no test reached. */
export interface Uncovered extends Place {
  readonly endRow: number;
}
/** How much of one file the tests reached. `percent` is exact and 0 where there is nothing to cover. */
export interface FileCoverage {
  readonly file: string;
  readonly percent: number;
  readonly lines: number;
  readonly coveredLines: number;
  readonly uncovered: readonly Uncovered[];
}
/** The answer of a run. `coverage` is over the owner's rules, without tests and without what is shipped. */
export interface PolicyTestRun {
  readonly tests: readonly PolicyTest[];
  readonly coverage: {
    readonly percent: number;
    readonly lines: number;
    readonly coveredLines: number;
    readonly files: readonly FileCoverage[];
  };
}
export interface TestPolicyOptions extends PolicySources {
  readonly ownerFolder: string;
  /** A regular expression (RE2) over full names such as `data.meshclaw.rules.any.nights_test.test_asks`. */
  readonly filter?: string;
}
type Report = Extract<Awaited<ReturnType<RegoCompiler['test']>>, { readonly ok: true }>['value'];

/** Runs the tests of a folder, with coverage. Err kinds: those of opening the policy, but for `policy.failed_self_test`; `policy.no_tests` when there are none. */
export async function testPolicies(options: TestPolicyOptions): Promise<Result<PolicyTestRun, PolicyError>> {
  const { ownerFolder, filter } = options;
  const input = readPolicyInput(options);
  if (input.isErr()) return err(placeError(input.error, ownerFolder));
  const { compile, owner } = input.value;
  const files = [...compile.modules, ...owner.tests];
  const ran = await withCompiler(async (rego) => {
    const inspected = fromAnswer(await rego.inspect({ files: compile.modules }));
    if (inspected.isErr()) return err(inspected.error);
    const problem = checkModules(inspected.value);
    if (problem) return err(problem);
    const data = baseDocument(compile) as never;
    return fromAnswer(await rego.test({ files, data, coverage: true, ...(filter === undefined ? {} : { filter }) }));
  });
  if (ran.isErr()) return err(placeError(ran.error, ownerFolder));
  const place = placedIn(ownerFolder);
  const tests = ran.value.tests.map((one) => testOf(one, place));
  if (tests.length === 0)
    return err({ kind: 'policy.no_tests', message: 'there are no tests to run', path: ownerFolder });
  const own = owner.modules.map(({ path }) => fileOf(path, ran.value, place));
  return ok({ tests, coverage: total(own) });
}

function testOf(test: Report['tests'][number], place: (file: string) => string): PolicyTest {
  const { package: name, outcome, durationMs, file, row, output, error, trace } = test;
  // The query for the test itself says nothing that its name does not.
  const failed = trace?.events.filter(({ op, text }) => op === 'fail' && !text.endsWith(`.${test.name}`)) ?? [];
  const details = [
    ...(error ? [`${place(error.file ?? file)}:${error.row ?? row}:${error.column ?? 1} ${error.message}`] : []),
    ...failed.map((one) => `${place(one.file ?? file)}:${one.row ?? row}:${one.column ?? 1} was not so: ${one.text}`),
    ...(test.cases ?? []).filter((one) => one.outcome === 'failed').map(({ path }) => `case ${path.join(' / ')}`),
    ...(output === '' ? [] : output.trimEnd().split('\n')),
  ];
  return { package: name, name: test.name, outcome, durationMs, file: place(file), row, column: 1, details };
}

function fileOf(path: string, { coverage }: Report, place: (file: string) => string): FileCoverage {
  const found = coverage?.files[path];
  // What the tester does not list has lines that no test reached, or it would be listed.
  if (!found) return { file: place(path), percent: 0, lines: 0, coveredLines: 0, uncovered: [] };
  const { percent, coveredLines, notCoveredLines, notCovered } = found;
  const uncovered = notCovered.map(({ start, end }) => ({ file: place(path), ...start, endRow: end.row }));
  return { file: place(path), percent, lines: coveredLines + notCoveredLines, coveredLines, uncovered };
}

function total(files: readonly FileCoverage[]): PolicyTestRun['coverage'] {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const coveredLines = files.reduce((sum, file) => sum + file.coveredLines, 0);
  return { percent: lines === 0 ? 0 : (coveredLines / lines) * 100, lines, coveredLines, files };
}
