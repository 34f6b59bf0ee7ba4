/** A bundle that `opa build -t wasm` made, read from its tar.gz. It is only ever evaluated beside the base. */

import { type JsonObject, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { PolicyError } from '../errors.js';
import { ENTRYPOINT } from '../pdp/answerer.js';
import type { PolicyBundle } from './bundle.js';
import { readTarGz } from './tar.js';

/** The part of OPA's `.manifest` that says which module answers what (Open Policy Agent, "Bundle File Format"). */
const manifestSchema = z.object({
  wasm: z.array(z.object({ entrypoint: z.string(), module: z.string() })),
});

/** The bundle over this document: catalogue and parameters are those in force, whatever the bundle brings. Err kinds: `policy.unusable_bundle`. */
export function readPrebuilt(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  document: JsonObject,
): Result<PolicyBundle, PolicyError> {
  const refuse = (message: string) => err(unusable(path, message));
  const files = readTarGz(bytes);
  if ('problem' in files) return refuse(files.problem);
  const manifest = manifestSchema.safeParse(parsed(files.get('.manifest')));
  if (!manifest.success) return refuse('its .manifest names no WebAssembly module: opa build -t wasm makes one');
  const [named, ...more] = manifest.data.wasm;
  if (named === undefined || more.length > 0 || named.entrypoint !== ENTRYPOINT)
    return refuse(`it has to answer exactly the entrypoint ${ENTRYPOINT}`);
  const wasm = files.get(named.module.replace(/^\/+/, ''));
  if (wasm === undefined) return refuse(`it lacks ${named.module}`);
  const data = files.has('data.json') ? parsed(files.get('data.json')) : {};
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    return refuse('its data.json is no JSON object');
  const own = (data as JsonObject).meshclaw;
  const below = own !== null && typeof own === 'object' && !Array.isArray(own) ? own : {};
  const digest = sha256Hex(bytes);
  return ok({
    wasm,
    data: { ...(data as JsonObject), meshclaw: { ...below, ...(document.meshclaw as JsonObject) } },
    digest,
    manifest: {
      format: 'meshclaw-policy/1',
      entrypoint: ENTRYPOINT,
      wasm_sha256: sha256Hex(wasm),
      data_sha256: '',
      compiler: 'prebuilt',
      sources: [{ file: path, sha256: digest }],
      rules: [],
      loosened: [],
    },
  });
}

/** A prebuilt bundle that cannot be used, and why. */
export const unusable = (path: string, message: string): PolicyError => ({
  kind: 'policy.unusable_bundle',
  message: 'a compiled bundle cannot be used',
  path,
  diagnostics: [{ message, file: path }],
});

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
