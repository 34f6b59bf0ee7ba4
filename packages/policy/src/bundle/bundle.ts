/** A compiled policy: the module, its data and what is known about its sources. */

import { canonicalJson, type JsonObject, sha256Hex } from '@meshclaw/core';
import { z } from 'zod';

export const manifestSchema = z.strictObject({
  format: z.literal('meshclaw-policy/1'),
  entrypoint: z.string(),
  wasm_sha256: z.string(),
  data_sha256: z.string(),
  compiler: z.string(),
  sources: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
  rules: z.array(
    z.strictObject({ id: z.string(), title: z.string(), severity: z.string(), file: z.string(), row: z.int() }),
  ),
  /** The owner's rules that can make an answer milder. */
  loosened: z.array(z.string()),
});
export type BundleManifest = z.output<typeof manifestSchema>;

export interface PolicyBundle {
  readonly wasm: Uint8Array;
  readonly data: JsonObject;
  readonly manifest: BundleManifest;
  /** SHA-256 of the manifest's bytes, which hold the digests of everything else. */
  readonly digest: string;
}

/** Puts three files together, or says which of them is not what the manifest says. */
export function parseBundle(files: {
  readonly wasm: Uint8Array;
  readonly data: string;
  readonly manifest: string;
}): PolicyBundle | { readonly problem: string } {
  try {
    const manifest = manifestSchema.parse(JSON.parse(files.manifest));
    if (sha256Hex(files.wasm) !== manifest.wasm_sha256)
      return { problem: 'policy.wasm is not the one of the manifest' };
    if (sha256Hex(files.data) !== manifest.data_sha256) return { problem: 'data.json is not the one of the manifest' };
    const data = JSON.parse(files.data) as JsonObject;
    return { wasm: files.wasm, data, manifest, digest: sha256Hex(files.manifest) };
  } catch {
    return { problem: 'manifest.json is not a manifest' };
  }
}

/** The same compiled rules over another base document; no compiler is needed for that, and the digest is another one. */
export function withData(bundle: PolicyBundle, data: string): PolicyBundle {
  const manifest = { ...bundle.manifest, data_sha256: sha256Hex(data) };
  const digest = sha256Hex(`${canonicalJson(manifest as unknown as JsonObject)}\n`);
  return { ...bundle, data: JSON.parse(data) as JsonObject, manifest, digest };
}
