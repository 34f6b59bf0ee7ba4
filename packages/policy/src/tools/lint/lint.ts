/** The linter: what a compiler lets pass and a policy should not have. Every finding has its place. */

import { err, ok, type Result } from 'neverthrow';
import { OWNER } from '../../bundle/check-modules.js';
import { baseDocument, type PolicyInput, type PolicySources, readPolicyInput } from '../../bundle/policy-input.js';
import { fromAnswer, type RegoCompiler, withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { placedIn, placeError } from '../place.js';
import { byPlace, type PolicyFinding } from '../report/finding.js';
import type { SarifRule } from '../report/sarif.js';
import type { LintCheck, LintContext, LintedModule } from './check.js';
import { expressionChecks } from './expression-checks.js';
import { METADATA_CHECKS } from './metadata-checks.js';
import { moduleTree } from './syntax.js';
import { UNREAD_PARAMETER, unreadParameters } from './unread-parameters.js';

type Source = { readonly path: string; readonly text: string };

const COMPILES = {
  id: 'compiles',
  description: 'Everything parses and compiles strictly: no unused variable, argument or import',
};
const FORMATTED = { id: 'formatted', description: 'Files are formatted as "meshclaw policy fmt" does' };

/** Every check by name with its demand, for reports. */
export const lintRules = (): readonly SarifRule[] =>
  [...METADATA_CHECKS, ...expressionChecks(), COMPILES, FORMATTED, UNREAD_PARAMETER].map(({ id, description }) => ({
    id,
    description,
  }));

/** Lints an owner's folder together with what is shipped. What does not compile is a finding, not an error. Err kinds: those of reading the folder; `policy.compiler_unavailable`, `policy.no_sources`. */
export async function lintPolicies(
  sources: PolicySources & { readonly ownerFolder: string },
): Promise<Result<readonly PolicyFinding[], PolicyError>> {
  const folder = sources.ownerFolder;
  const input = readPolicyInput(sources);
  if (input.isErr()) return err(placeError(input.error, folder));
  const { owner } = input.value;
  if (owner.modules.length === 0 && owner.tests.length === 0 && owner.parameters === undefined)
    return err({ kind: 'policy.no_sources', message: 'there is no policy in this folder', path: folder });
  const found = await withCompiler((rego) => lintWith(rego, input.value, owner.modules, owner.tests));
  const place = placedIn(folder);
  return found.map((all) => byPlace(all.map((one) => ({ ...one, file: place(one.file) }))));
}

/** Lints some of the modules of a policy. Err kinds: `policy.compiler_unavailable`. */
export async function lintWith(
  rego: RegoCompiler,
  { compile, owner, below }: PolicyInput,
  modules: readonly Source[],
  tests: readonly Source[],
): Promise<Result<readonly PolicyFinding[], PolicyError>> {
  const sources = { files: [...compile.modules, ...tests], data: baseDocument(compile) as never };
  const broken = await compileFindings(rego, sources, new Set([...modules, ...tests].map(({ path }) => path)));
  if (broken.isErr()) return err(broken.error);
  const linted = await readModules(rego, [...modules, ...tests]);
  if (linted.isErr()) return linted.error.diagnostics ? ok(broken.value) : err(linted.error);
  const context: LintContext = {
    modules: linted.value.filter(({ file }) => modules.some(({ path }) => path === file)),
    tests: new Map(linted.value.map((one) => [one.file, one])),
    parameters: compile.parameters,
    operations: compile.operations,
    taken: new Set(compile.modules.filter(({ path }) => !path.startsWith(OWNER)).map(({ text }) => packageOf(text))),
  };
  const unformatted = await formatFindings(rego, [...modules, ...tests]);
  if (unformatted.isErr()) return err(unformatted.error);
  const everything = await readModules(rego, compile.modules);
  const { parameters } = owner;
  const unread =
    parameters === undefined || everything.isErr()
      ? []
      : unreadParameters(parameters, everything.value, below, compile.parameters);
  const checks = [...METADATA_CHECKS, ...expressionChecks()];
  return ok([...broken.value, ...findings(checks, context), ...unformatted.value, ...unread]);
}

const packageOf = (text: string): string => /^package\s+(\S+)/m.exec(text)?.[1] ?? '';

const findings = (checks: readonly LintCheck[], context: LintContext): readonly PolicyFinding[] =>
  context.modules.flatMap((module) =>
    checks.flatMap((check) =>
      check.find(module, context).map(({ at: { row, col }, message }) => ({
        rule: check.id,
        level: check.level,
        message,
        file: module.file,
        row,
        column: col,
      })),
    ),
  );

async function readModules(
  rego: RegoCompiler,
  files: readonly Source[],
): Promise<Result<readonly LintedModule[], PolicyError>> {
  const inspected = fromAnswer(await rego.inspect({ files }));
  if (inspected.isErr()) return err(inspected.error);
  const parsed = fromAnswer(await rego.parse({ files }));
  if (parsed.isErr()) return err(parsed.error);
  const { modules, annotations } = inspected.value;
  return ok(
    parsed.value.map(({ file, package: name, ast }) => ({
      file,
      package: name.replace(/^data\./, ''),
      tree: moduleTree(file, ast),
      row: modules.find((one) => one.file === file)?.row ?? 1,
      rules: modules.find((one) => one.file === file)?.rules ?? [],
      about: annotations.find((one) => one.file === file && one.scope === 'package'),
    })),
  );
}

/** Places of the compiler are findings; anything else that keeps it from looking is an error. What only a strict look finds counts in the linted files alone: nobody else can mend the others. */
async function compileFindings(
  rego: RegoCompiler,
  sources: Omit<Parameters<RegoCompiler['check']>[0], 'strict'>,
  linted: ReadonlySet<string>,
): Promise<Result<readonly PolicyFinding[], PolicyError>> {
  const strict = placesOf(await rego.check(sources));
  if (strict.isErr() || strict.value.every(({ file }) => linted.has(file))) return strict;
  const plain = placesOf(await rego.check({ ...sources, strict: false }));
  return plain.map((all) => [...all, ...strict.value.filter(({ file }) => linted.has(file) && all.length === 0)]);
}

function placesOf(answer: Awaited<ReturnType<RegoCompiler['check']>>): Result<readonly PolicyFinding[], PolicyError> {
  const checked = fromAnswer(answer);
  if (checked.isOk()) return ok([]);
  const { diagnostics } = checked.error;
  if (diagnostics === undefined) return err(checked.error);
  return ok(
    diagnostics.map(({ message, file = '', row = 1, column = 1 }) => ({
      rule: COMPILES.id,
      level: 'error',
      message,
      file,
      row,
      column,
    })),
  );
}

async function formatFindings(
  rego: RegoCompiler,
  files: readonly Source[],
): Promise<Result<readonly PolicyFinding[], PolicyError>> {
  const formatted = fromAnswer(await rego.fmt({ files }));
  return formatted.map((all) =>
    all
      .filter(({ changed }) => changed)
      .map(({ path, text }) => ({
        rule: FORMATTED.id,
        level: 'error',
        message: 'run "meshclaw policy fmt --write"',
        file: path,
        row: firstDifference(text, files.find((file) => file.path === path)?.text ?? ''),
        column: 1,
      })),
  );
}

function firstDifference(formatted: string, text: string): number {
  const lines = text.split('\n');
  const at = formatted.split('\n').findIndex((line, index) => line !== lines[index]);
  return at === -1 ? lines.length : at + 1;
}
