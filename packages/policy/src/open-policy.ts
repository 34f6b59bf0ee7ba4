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
import { baseDocument, type PolicyInput, type PolicySources, readPolicyInput } from './bundle/policy-input.js';
import { readPrebuilt } from './bundle/prebuilt.js';
import { loadAlternatives, loadShippedBundle } from './bundle/shipped.js';
import { createJudge, type Judge } from './command/index.js';
import type { PolicyDiagnostic, PolicyError } from './errors.js';
import { type OwnOperations, withOperations } from './own-operations.js';
import { DEADLINE_MS, type LoadedPdp } from './pdp/create-pdp.js';
import { loadBundles } from './pdp/load-bundles.js';
import { readsOnly } from './pdp/reads-only.js';
import { type FailedCanary, failedCanaries } from './self-test.js';

export interface OpenPolicyOptions extends PolicySources {
  /** Where compiled bundles are kept; left out, they are compiled each time. */
  readonly cacheFolder?: string;
  /** When a policy that is not wholly the shipped one is cut off, in milliseconds: 250 when left out. The shipped one needs no limit. */
  readonly deadlineMs?: number;
  /** Operations of the embedding program by name, each with its class. Those of the catalogue cannot be named again. */
  readonly operations?: OwnOperations;
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
  /** Known-bad requests that it answers too mildly. When there is one, everything but reading is denied. */
  readonly failedSelfTest: readonly string[];
  /** Ends its threads. They do not keep a process alive, so a program that ends anyway need not call it. */
  close(): Promise<void>;
}

/** A policy that is only being proved may take its time: nothing is decided by it yet. */
const PROVING_DEADLINE_MS = 10_000;

/** Opens and proves the policy. Err kinds: every `PolicyError`. */
export function openPolicy(options: OpenPolicyOptions = {}): ResultAsync<Policy, PolicyError> {
  return new ResultAsync(open(options));
}

/** The same for whoever wants the policy whole or not at all. Err kinds: every `PolicyError`; `policy.failed_self_test` names the requests. */
export const openWholePolicy = (options: OpenPolicyOptions = {}): ResultAsync<Policy, PolicyError> =>
  openPolicy(options).andThen((policy) => {
    if (policy.failedSelfTest.length === 0) return ok(policy);
    void policy.close();
    const diagnostics = policy.failedSelfTest.map((message) => ({ message }));
    return err({
      kind: 'policy.failed_self_test' as const,
      message: 'the policy answers known requests too mildly',
      diagnostics,
    });
  });

async function open(options: OpenPolicyOptions): Promise<Result<Policy, PolicyError>> {
  try {
    const input = readPolicyInput(options).andThen((read) => withOperations(read, options.operations));
    if (input.isErr()) return err(input.error);
    const bundles = await bundlesOf(input.value, options.cacheFolder);
    if (bundles.isErr()) return err(bundles.error);
    const { shipped, owners, beside } = bundles.value;
    let deadlineMs = PROVING_DEADLINE_MS;
    const loaded = await loadBundles(bundles.value, () => deadlineMs);
    if (loaded.isErr()) return err(loaded.error);
    const proved = await prove(loaded.value);
    if (proved.isErr()) {
      await loaded.value.close();
      return err(proved.error);
    }
    deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    const { sources, rules, loosened } = (owners ?? shipped).manifest;
    const commandFacts = judgeOf(shipped);
    return ok({
      ...proved.value,
      decide: withAlternatives(proved.value, commandFacts),
      commandFacts,
      sources: [...sources, ...beside.flatMap(({ manifest }) => manifest.sources)],
      rules,
      loosened: [...loosened, ...input.value.ownPrograms.map(loosenedBy)],
    });
  } catch (cause) {
    return err({ kind: 'policy.unusable_bundle', message: 'the compiled policy cannot be used', cause });
  }
}

/** A policy that breaks down is not used at all; of one that is too mild only what it says about reading. */
async function prove(pdp: LoadedPdp): Promise<Result<LoadedPdp & Pick<Policy, 'failedSelfTest'>, PolicyError>> {
  const failed = await failedCanaries(pdp);
  if (failed.some(({ why }) => why === 'broken')) {
    const diagnostics = [...placesOf(failed), ...failed.map(({ name }) => ({ message: name }))];
    return err({ kind: 'policy.failed_self_test', message: 'the policy cannot answer known requests', diagnostics });
  }
  const names = failed.map(({ name }) => name);
  return ok({ ...(names.length === 0 ? pdp : readsOnly(pdp, names)), failedSelfTest: names });
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

function instead(request: DecisionRequest, decision: Decision, judge: Judge, entries: Alternatives) {
  if (decision.inputDigest === '') return undefined; // it was not even a request
  const { class: operationClass, argv, properties } = request.action;
  if (operationClass !== 'judged' || argv === undefined) return undefined;
  const { cwd } = properties;
  return alternativeTo(decision, judge(argv, typeof cwd === 'string' ? cwd : undefined), entries);
}

/** Where a policy broke down while it was tested, each place once. */
const placesOf = (failed: readonly FailedCanary[]): readonly PolicyDiagnostic[] =>
  [...new Set(failed.flatMap(({ place }) => place ?? []))].flatMap((place) => {
    const [, file = '', row, column, message = ''] = /^(\S+):(\d+):(\d+): (.*)$/.exec(place) ?? [];
    return file === '' ? [] : [{ message, file, row: Number(row), column: Number(column) }];
  });

/** What has to be loaded: always the shipped rules, and with them whatever the owner has. */
export interface Bundles {
  readonly shipped: PolicyBundle;
  /** The shipped rules compiled together with the owner's. */
  readonly owners?: PolicyBundle;
  readonly beside: readonly PolicyBundle[];
}

async function bundlesOf(
  { compile, owner }: PolicyInput,
  cacheFolder: string | undefined,
): Promise<Result<Bundles, PolicyError>> {
  const shipped = withParameters(checked(loadShippedBundle()), compile);
  if (shipped.isErr()) return err(shipped.error);
  const beside: PolicyBundle[] = [];
  for (const file of owner.bundles) {
    const read = readPrebuilt(file, baseDocument(compile));
    if (read.isErr()) return err(read.error);
    beside.push(read.value);
  }
  if (owner.modules.length === 0) return ok({ shipped: shipped.value, beside });
  const owners = await compiledBundle(compile, cacheFolder);
  return owners.map((bundle) => ({ shipped: shipped.value, owners: bundle, beside }));
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
