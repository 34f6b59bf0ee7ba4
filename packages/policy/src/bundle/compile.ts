/** Compiles sources to a bundle with the Rego compiler, which is loaded only when there is something to compile. */

import { canonicalJson, type JsonObject, type JsonValue, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { ENTRYPOINT } from '../pdp/create-pdp.js';
import type { BundleManifest } from './bundle.js';

export interface CompileInput {
  readonly modules: readonly { readonly path: string; readonly text: string }[];
  readonly operations: JsonObject;
  readonly parameters: JsonObject;
}
/** The three files of a bundle, as bytes to store. */
export interface CompiledFiles {
  readonly wasm: Uint8Array;
  readonly data: string;
  readonly manifest: string;
}
type Rego = ReturnType<typeof import('@meshclaw/rego').createRego>;

/** An owner may add rules; guards, helpers and the combiner are not his. */
const OWNERS_PACKAGE = /^(data\.)?meshclaw\.rules\.[a-z_]+\.[a-z_0-9]+$/;

/** Compiles. The same sources give the same bytes. Err kinds: `policy.compiler_unavailable`, `policy.invalid_source`, `policy.forbidden_package`. */
export async function compileBundle(input: CompileInput): Promise<Result<CompiledFiles, PolicyError>> {
  let rego: Rego;
  try {
    rego = (await import('@meshclaw/rego')).createRego();
  } catch (cause) {
    return err({ kind: 'policy.compiler_unavailable', message: 'compiling needs the package @meshclaw/rego', cause });
  }
  try {
    return await compileWith(rego, input);
  } finally {
    await rego.close();
  }
}

async function compileWith(rego: Rego, { modules, operations, parameters }: CompileInput) {
  const files = modules.map(({ path, text }) => ({ path, text }));
  const inspected = await rego.inspect({ files });
  if (!inspected.ok) return invalid(inspected.error);
  const forbidden = inspected.value.modules.filter(
    ({ file, package: name }, _, all) =>
      file.startsWith('owner/') &&
      (!OWNERS_PACKAGE.test(name) || all.some((other) => other.file !== file && other.package === name)),
  );
  if (forbidden.length > 0) {
    const message = "an owner's module needs a package of its own of the form meshclaw.rules.<noun>.<name>";
    const diagnostics = forbidden.map(({ file, row }) => ({ message, file, row }));
    return err<CompiledFiles, PolicyError>({
      kind: 'policy.forbidden_package',
      message: "a package is not the owner's to define",
      diagnostics,
    });
  }
  const data = canonicalJson({ meshclaw: { operations, parameters } });
  const built = await rego.build({ files, entrypoints: [ENTRYPOINT] });
  if (!built.ok) return invalid(built.error);
  const version = await rego.version();
  const manifest: BundleManifest = {
    format: 'meshclaw-policy/1',
    entrypoint: ENTRYPOINT,
    wasm_sha256: sha256Hex(built.value.wasm),
    data_sha256: sha256Hex(data),
    compiler: version.ok ? `opa ${version.value.opa}` : 'unknown',
    sources: files.map(({ path, text }) => ({ file: path, sha256: sha256Hex(text) })),
    rules: rulesOf(inspected.value.annotations),
  };
  const text = `${canonicalJson(manifest as unknown as JsonValue)}\n`;
  return ok<CompiledFiles, PolicyError>({ wasm: built.value.wasm, data, manifest: text });
}

type Annotations = Extract<Awaited<ReturnType<Rego['inspect']>>, { ok: true }>['value']['annotations'];

/** Rules by their METADATA: what makes a reason's source known. */
const rulesOf = (annotations: Annotations): BundleManifest['rules'] =>
  annotations
    .filter(({ scope, custom }) => scope === 'package' && typeof custom?.id === 'string')
    .map(({ custom, title, file, row }) => ({
      id: String(custom?.id),
      title: title ?? '',
      severity: String(custom?.severity ?? ''),
      file,
      row,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

function invalid(error: { readonly kind: string; readonly message: string }): Result<CompiledFiles, PolicyError> {
  const { diagnostics } = error as { diagnostics?: PolicyError['diagnostics'] };
  const unavailable = /unavailable|corrupt|crashed/.test(error.kind);
  return err({
    kind: unavailable ? 'policy.compiler_unavailable' : 'policy.invalid_source',
    message: unavailable ? 'the Rego compiler cannot run' : 'a policy source does not compile',
    ...(diagnostics ? { diagnostics } : {}),
    cause: error,
  });
}
