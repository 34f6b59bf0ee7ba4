/** One of two policies that are compared: an owner's folder, a compiled bundle, or a shipped pack. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, PolicyDecisionPoint } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { parseBundle } from '../../bundle/bundle.js';
import { dataText } from '../../bundle/compile.js';
import { othersMayWrite } from '../../bundle/permissions.js';
import { type PolicySources, readPolicyInput } from '../../bundle/policy-input.js';
import { readPrebuilt } from '../../bundle/prebuilt.js';
import { loadShippedSources } from '../../bundle/shipped.js';
import type { PolicyError } from '../../errors.js';
import { openWholePolicy } from '../../open-policy.js';
import { createAnswerer } from '../../pdp/answerer.js';
import { createPdp, pdpOver } from '../../pdp/create-pdp.js';
import { placeError } from '../place.js';

/** A policy to ask, and the operations it knows. */
export interface Side {
  readonly policy: PolicyDecisionPoint;
  readonly operations: JsonObject;
}
/** Nothing is decided by a comparison, so a slow machine may take its time. */
const PATIENCE_MS = 5_000;
const PARTS = { wasm: 'policy.wasm', data: 'data.json', manifest: 'manifest.json' } as const;

/** Opens a side. A `.tar.gz` is what `opa build -t wasm` makes, a folder with a `manifest.json` a compiled bundle; any other is an owner's. Err kinds: those of `openPolicy`. */
export async function openSide(sources: PolicySources): Promise<Result<Side, PolicyError>> {
  const { ownerFolder } = sources;
  if (ownerFolder?.endsWith('.tar.gz')) return openPrebuilt(ownerFolder);
  if (ownerFolder !== undefined && existsSync(join(ownerFolder, PARTS.manifest))) return openBundle(ownerFolder);
  const opened = await openWholePolicy(sources);
  return opened
    .map((policy) => ({ policy, operations: loadShippedSources().operations }))
    .mapErr((error) => placeError(error, ownerFolder));
}

/** A bundle is compared, never put into force: it is not asked the known-bad requests first, so that its answers can be seen. */
async function openBundle(folder: string): Promise<Result<Side, PolicyError>> {
  try {
    const unsafe = [folder, ...Object.values(PARTS).map((name) => join(folder, name))].find(othersMayWrite);
    if (unsafe !== undefined)
      return err({ kind: 'policy.unsafe_permissions', message: 'others may write to a compiled policy', path: unsafe });
    const read = (name: string) => readFileSync(join(folder, name));
    const bundle = parseBundle({
      wasm: read(PARTS.wasm),
      data: read(PARTS.data).toString('utf8'),
      manifest: read(PARTS.manifest).toString('utf8'),
    });
    if ('problem' in bundle) return err(unusable(bundle.problem));
    const { operations = {} } = (bundle.data.meshclaw ?? {}) as { readonly operations?: JsonObject };
    return ok({ policy: await createPdp(bundle), operations });
  } catch (cause) {
    return err(unusable(cause));
  }
}

/** A compressed bundle over the catalogue and parameters that are shipped: alone, which it never is when it is in force. */
async function openPrebuilt(path: string): Promise<Result<Side, PolicyError>> {
  try {
    if (othersMayWrite(path))
      return err({ kind: 'policy.unsafe_permissions', message: 'others may write to a compiled policy', path });
    const input = readPolicyInput({});
    if (input.isErr()) return err(input.error);
    const { compile } = input.value;
    const document = JSON.parse(dataText(compile)) as JsonObject;
    const bundle = readPrebuilt({ path, bytes: readFileSync(path) }, document);
    if (bundle.isErr()) return err(bundle.error);
    const answerer = await createAnswerer(bundle.value, { apart: () => PATIENCE_MS });
    return ok({ policy: pdpOver({ shipped: answerer, beside: [] }), operations: compile.operations });
  } catch (cause) {
    return err(unusable(cause));
  }
}

const unusable = (cause: unknown): PolicyError => ({
  kind: 'policy.unusable_bundle',
  message: 'the compiled policy cannot be used',
  cause,
});
