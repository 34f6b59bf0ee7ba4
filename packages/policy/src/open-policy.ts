/** Opens the policy: shipped as it is, or compiled together with the owner's rules; proved by the self-test before it decides. */

import { canonicalJson, type JsonObject, type PolicyDecisionPoint, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { type PolicyBundle, parseBundle, withData } from './bundle/bundle.js';
import { readCached, writeCached } from './bundle/cache.js';
import { type CompileInput, compileBundle, dataText } from './bundle/compile.js';
import { type OwnerSources, readOwnerSources } from './bundle/owner-sources.js';
import { layerParameters, parameterValues, parseBaseParameters, protectOwnFolders } from './bundle/parameters.js';
import { loadShippedBundle, loadShippedSources } from './bundle/shipped.js';
import type { PolicyError } from './errors.js';
import { DEFAULT_PACK, type Pack } from './packs/index.js';
import { createPdp } from './pdp/create-pdp.js';
import { selfTest } from './self-test.js';

export interface OpenPolicyOptions {
  /** Rules and `parameters.yaml` of the owner; an absent folder is an owner without any. */
  readonly ownerFolder?: string;
  /** The parameters of a kind of fleet, between the base and the owner's. `homelab` when left out. */
  readonly pack?: Pack;
  /** Absolute paths of folders that MeshClaw keeps itself in, besides those every policy protects. */
  readonly ownFolders?: readonly string[];
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
  /** Ids of the owner's rules that can answer milder than the class of an operation would. */
  readonly loosened: readonly string[];
}

/** Opens and proves the policy. Err kinds: every `PolicyError`. */
export function openPolicy(options: OpenPolicyOptions = {}): ResultAsync<Policy, PolicyError> {
  return new ResultAsync(open(options));
}

async function open(options: OpenPolicyOptions): Promise<Result<Policy, PolicyError>> {
  const { ownerFolder } = options;
  try {
    const owner =
      ownerFolder === undefined ? ok<OwnerSources, PolicyError>({ modules: [] }) : readOwnerSources(ownerFolder);
    if (owner.isErr()) return err(owner.error);
    const bundle = await bundleFor(owner.value, options);
    if (bundle.isErr()) return err(bundle.error);
    const pdp = await createPdp(bundle.value);
    const failed = await selfTest(pdp);
    if (failed.length > 0) {
      const diagnostics = failed.map((message) => ({ message }));
      return err({
        kind: 'policy.failed_self_test',
        message: 'the policy answers known requests too mildly',
        diagnostics,
      });
    }
    const { sources, rules, loosened } = bundle.value.manifest;
    return ok({ ...pdp, sources, rules, loosened });
  } catch (cause) {
    return err({ kind: 'policy.unusable_bundle', message: 'the compiled policy cannot be used', cause });
  }
}

async function bundleFor(owner: OwnerSources, options: OpenPolicyOptions): Promise<Result<PolicyBundle, PolicyError>> {
  const input = layeredInput(owner, options);
  if (input.isErr()) return err(input.error);
  if (owner.modules.length === 0) return withParameters(checked(loadShippedBundle()), input.value);
  return compiledBundle(input.value, options.cacheFolder);
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

function layeredInput(
  owner: OwnerSources,
  { pack = DEFAULT_PACK, ownFolders = [] }: OpenPolicyOptions,
): Result<CompileInput, PolicyError> {
  const { modules, operations, programs, parameters, packs } = loadShippedSources();
  const layer = Object.hasOwn(packs, pack) ? packs[pack] : undefined;
  if (layer === undefined) return err({ kind: 'policy.unknown_pack', message: 'no pack has this name', path: pack });
  const packed = layerParameters(parseBaseParameters(parameters), layer, `packs/${pack}/parameters.yaml`);
  const { parameters: own } = owner;
  return packed
    .andThen((below) => (own ? layerParameters(below, own.text, own.path) : ok(below)))
    .map((layered) => parameterValues(protectOwnFolders(layered, ownFolders)))
    .map((values) => ({ modules: [...modules, ...owner.modules], operations, programs, parameters: values }));
}

const checked = (bundle: PolicyBundle | { readonly problem: string }): Result<PolicyBundle, PolicyError> =>
  'problem' in bundle
    ? err({ kind: 'policy.unusable_bundle', message: 'the compiled policy is not whole', cause: bundle.problem })
    : ok(bundle);
