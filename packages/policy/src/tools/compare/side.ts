/** One of two policies that are compared: an owner's folder, a compiled bundle, or a shipped pack. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, PolicyDecisionPoint } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { parseBundle } from '../../bundle/bundle.js';
import { othersMayWrite } from '../../bundle/permissions.js';
import type { PolicySources } from '../../bundle/policy-input.js';
import { loadShippedSources } from '../../bundle/shipped.js';
import type { PolicyError } from '../../errors.js';
import { openPolicy } from '../../open-policy.js';
import { createPdp } from '../../pdp/create-pdp.js';
import { placeError } from '../place.js';

/** A policy to ask, and the operations it knows. */
export interface Side {
  readonly policy: PolicyDecisionPoint;
  readonly operations: JsonObject;
}
const PARTS = { wasm: 'policy.wasm', data: 'data.json', manifest: 'manifest.json' } as const;

/** Opens a side. A folder with a `manifest.json` is a compiled bundle; any other is an owner's. Err kinds: those of `openPolicy`. */
export async function openSide(sources: PolicySources): Promise<Result<Side, PolicyError>> {
  const { ownerFolder } = sources;
  if (ownerFolder !== undefined && existsSync(join(ownerFolder, PARTS.manifest))) return openBundle(ownerFolder);
  const opened = await openPolicy(sources);
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

const unusable = (cause: unknown): PolicyError => ({
  kind: 'policy.unusable_bundle',
  message: 'the compiled policy cannot be used',
  cause,
});
