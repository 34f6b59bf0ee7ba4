/** Opens the policy: shipped as it is, or compiled together with the owner's rules; proved by the self-test before it decides. */

import {
  canonicalJson,
  type Decision,
  type DecisionRequest,
  type JsonObject,
  type PolicyDecisionPoint,
  sha256Hex,
} from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { type Alternatives, alternativeTo } from './alternatives.js';
import { type PolicyBundle, parseBundle, withData } from './bundle/bundle.js';
import { readCached, writeCached } from './bundle/cache.js';
import { type CompileInput, compileBundle, dataText } from './bundle/compile.js';
import { loosenedBy } from './bundle/owner-programs.js';
import { type PolicyInput, type PolicySources, readPolicyInput } from './bundle/policy-input.js';
import { loadAlternatives, loadShippedBundle } from './bundle/shipped.js';
import { createJudge, type Judge } from './command/index.js';
import type { PolicyDiagnostic, PolicyError } from './errors.js';
import { createPdp } from './pdp/create-pdp.js';
import { type FailedCanary, failedCanaries } from './self-test.js';

export interface OpenPolicyOptions extends PolicySources {
  /** Where compiled bundles are kept; left out, they are compiled each time. */
  readonly cacheFolder?: string;
}
/** A loaded policy: decides, and says what it was made of. */
export interface Policy extends PolicyDecisionPoint {
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly severity: string;
    readonly file: string;
  }[];
  /** States the facts of words as decisions are made with; see `Judge`. */
  readonly commandFacts: Judge;
  /** Ids of the owner's rules that can answer milder than the class of an operation would, and `program <names>` for each of the owner's models, which can make a command a read. */
  readonly loosened: readonly string[];
}

/** Opens and proves the policy. Err kinds: every `PolicyError`. */
export function openPolicy(options: OpenPolicyOptions = {}): ResultAsync<Policy, PolicyError> {
  return new ResultAsync(open(options));
}

async function open(options: OpenPolicyOptions): Promise<Result<Policy, PolicyError>> {
  try {
    const input = readPolicyInput(options);
    if (input.isErr()) return err(input.error);
    const bundle = await bundleFor(input.value, options.cacheFolder);
    if (bundle.isErr()) return err(bundle.error);
    const pdp = await createPdp(bundle.value);
    const failed = await failedCanaries(pdp);
    if (failed.length > 0) {
      const diagnostics = [...placesOf(failed), ...failed.map(({ name }) => ({ message: name }))];
      return err({
        kind: 'policy.failed_self_test',
        message: 'the policy answers known requests too mildly',
        diagnostics,
      });
    }
    const { sources, rules, loosened } = bundle.value.manifest;
    const { ownPrograms } = input.value;
    const commandFacts = judgeOf(bundle.value);
    const decide = withAlternatives(pdp, commandFacts);
    return ok({
      ...pdp,
      decide,
      commandFacts,
      sources,
      rules,
      loosened: [...loosened, ...ownPrograms.map(loosenedBy)],
    });
  } catch (cause) {
    return err({ kind: 'policy.unusable_bundle', message: 'the compiled policy cannot be used', cause });
  }
}

/** The very judge that decisions are made with: the same models, the same lists. */
function judgeOf({ data }: PolicyBundle): Judge {
  const { programs, parameters } = (data.meshclaw ?? {}) as JsonObject;
  return createJudge(Array.isArray(programs) ? programs : [], (parameters ?? {}) as JsonObject);
}

/** Adds what to ask for instead of a command that was stopped, for every face alike. Effect and reasons stay as they are. */
function withAlternatives(pdp: PolicyDecisionPoint, judge: Judge): PolicyDecisionPoint['decide'] {
  const entries = loadAlternatives();
  return async (request) => {
    const decision = await pdp.decide(request);
    if (decision.effect === 'read_state' || decision.effect === 'auto_safe') return decision;
    const alternative = instead(request, decision, judge, entries);
    return alternative === undefined ? decision : { ...decision, alternative };
  };
}

/** Nothing where the request was not even one. */
function instead({ action }: DecisionRequest, decision: Decision, judge: Judge, entries: Alternatives) {
  if (decision.inputDigest === '' || action.class !== 'judged' || action.argv === undefined) return undefined;
  const { cwd } = action.properties;
  return alternativeTo(decision, judge(action.argv, typeof cwd === 'string' ? cwd : undefined), entries);
}

/** Where a policy broke down while it was tested, each place once. */
const placesOf = (failed: readonly FailedCanary[]): readonly PolicyDiagnostic[] =>
  [...new Set(failed.flatMap(({ place }) => place ?? []))].flatMap((place) => {
    const [, file = '', row, column, message = ''] = /^(\S+):(\d+):(\d+): (.*)$/.exec(place) ?? [];
    return file === '' ? [] : [{ message, file, row: Number(row), column: Number(column) }];
  });

async function bundleFor(
  { compile, owner }: PolicyInput,
  cacheFolder: string | undefined,
): Promise<Result<PolicyBundle, PolicyError>> {
  if (owner.modules.length === 0) return withParameters(checked(loadShippedBundle()), compile);
  return compiledBundle(compile, cacheFolder);
}

/** Parameters are data: changing them needs no compiler, only another base document. */
const withParameters = (shipped: Result<PolicyBundle, PolicyError>, input: CompileInput) =>
  shipped.map((bundle) => {
    const data = dataText(input);
    return sha256Hex(data) === bundle.manifest.data_sha256 ? bundle : withData(bundle, data);
  });

async function compiledBundle(
  input: CompileInput,
  cacheFolder: string | undefined,
): Promise<Result<PolicyBundle, PolicyError>> {
  const key = sha256Hex(canonicalJson(input as unknown as JsonObject));
  const cached = cacheFolder === undefined ? ok(undefined) : readCached(cacheFolder, key, input);
  if (cached.isErr()) return err(cached.error);
  if (cached.value) return ok(cached.value);
  const compiled = await compileBundle(input);
  if (compiled.isErr()) return err(compiled.error);
  if (cacheFolder !== undefined) writeCached(cacheFolder, key, compiled.value);
  return checked(parseBundle(compiled.value));
}

const checked = (bundle: PolicyBundle | { readonly problem: string }): Result<PolicyBundle, PolicyError> =>
  'problem' in bundle
    ? err({ kind: 'policy.unusable_bundle', message: 'the compiled policy is not whole', cause: bundle.problem })
    : ok(bundle);
