/** Opens the policy: shipped as it is, or compiled together with the owner's rules; proved by the self-test before it decides. */

import { canonicalJson, type JsonObject, type PolicyDecisionPoint, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { type PolicyBundle, parseBundle } from './bundle/bundle.js';
import { readCached, writeCached } from './bundle/cache.js';
import { type CompileInput, compileBundle } from './bundle/compile.js';
import { type OwnerSources, readOwnerSources } from './bundle/owner-sources.js';
import { layerParameters, parameterValues, parseBaseParameters } from './bundle/parameters.js';
import { loadShippedBundle, loadShippedSources } from './bundle/shipped.js';
import type { PolicyError } from './errors.js';
import { createPdp } from './pdp/create-pdp.js';
import { selfTest } from './self-test.js';

export interface OpenPolicyOptions {
  /** Rules and `parameters.yaml` of the owner; an absent folder is an owner without any. */
  readonly ownerFolder?: string;
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
}

/** Opens and proves the policy. Err kinds: every `PolicyError`. */
export function openPolicy(options: OpenPolicyOptions = {}): ResultAsync<Policy, PolicyError> {
  return new ResultAsync(open(options));
}

async function open({ ownerFolder, cacheFolder }: OpenPolicyOptions): Promise<Result<Policy, PolicyError>> {
  try {
    const owner =
      ownerFolder === undefined ? ok<OwnerSources, PolicyError>({ modules: [] }) : readOwnerSources(ownerFolder);
    if (owner.isErr()) return err(owner.error);
    const bundle = await bundleFor(owner.value, cacheFolder);
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
    const { sources, rules } = bundle.value.manifest;
    return ok({ ...pdp, sources, rules });
  } catch (cause) {
    return err({ kind: 'policy.unusable_bundle', message: 'the compiled policy cannot be used', cause });
  }
}

async function bundleFor(
  owner: OwnerSources,
  cacheFolder: string | undefined,
): Promise<Result<PolicyBundle, PolicyError>> {
  if (owner.modules.length === 0 && owner.parameters === undefined) return checked(loadShippedBundle());
  const input = layeredInput(owner);
  if (input.isErr()) return err(input.error);
  const key = sha256Hex(canonicalJson(input.value as unknown as JsonObject));
  const cached = cacheFolder === undefined ? ok(undefined) : readCached(cacheFolder, key);
  if (cached.isErr()) return err(cached.error);
  if (cached.value) return ok(cached.value);
  const compiled = await compileBundle(input.value);
  if (compiled.isErr()) return err(compiled.error);
  if (cacheFolder !== undefined) writeCached(cacheFolder, key, compiled.value);
  return checked(parseBundle(compiled.value));
}

function layeredInput(owner: OwnerSources): Result<CompileInput, PolicyError> {
  const shipped = loadShippedSources();
  const base = parseBaseParameters(shipped.parameters);
  const layered = owner.parameters ? layerParameters(base, owner.parameters.text, owner.parameters.path) : ok(base);
  return layered.map((parameters) => ({
    modules: [...shipped.modules, ...owner.modules],
    operations: shipped.operations,
    parameters: parameterValues(parameters),
  }));
}

const checked = (bundle: PolicyBundle | { readonly problem: string }): Result<PolicyBundle, PolicyError> =>
  'problem' in bundle
    ? err({ kind: 'policy.unusable_bundle', message: 'the compiled policy is not whole', cause: bundle.problem })
    : ok(bundle);
