/** Compiles sources to the files of a bundle. */

import { canonicalJson, type JsonObject, type JsonValue, sha256Hex } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { ENTRYPOINT } from '../pdp/create-pdp.js';
import type { BundleManifest } from './bundle.js';
import { checkModules, looseningRules } from './check-modules.js';
import { fromAnswer, type RegoCompiler, withCompiler } from './rego-compiler.js';

export interface CompileInput {
  readonly modules: readonly { readonly path: string; readonly text: string }[];
  readonly operations: JsonObject;
  readonly parameters: JsonObject;
  /** Argument models of programs, as `policies/programs/*.yaml` state them. */
  readonly programs: readonly JsonObject[];
}
/** The three files of a bundle, as bytes to store. */
export interface CompiledFiles {
  readonly wasm: Uint8Array;
  readonly data: string;
  readonly manifest: string;
}

/** Compiles. The same sources give the same bytes. Err kinds: `policy.compiler_unavailable`, `policy.invalid_source`, `policy.forbidden_package`. */
export const compileBundle = (input: CompileInput): Promise<Result<CompiledFiles, PolicyError>> =>
  withCompiler((rego) => compileWith(rego, input));

/** The base document, as the bytes of `data.json`: what rules see under `data`, and the models that only facts are made of. */
export const dataText = ({ operations, parameters, programs }: Omit<CompileInput, 'modules'>): string =>
  canonicalJson({ meshclaw: { operations, parameters, programs } } as JsonObject);

/** The same with a compiler that is there already. Err kinds: those of `compileBundle`. */
export async function compileWith(
  rego: RegoCompiler,
  input: CompileInput,
): Promise<Result<CompiledFiles, PolicyError>> {
  const files = input.modules.map(({ path, text }) => ({ path, text }));
  const inspected = fromAnswer(await rego.inspect({ files }));
  if (inspected.isErr()) return err(inspected.error);
  const problem = checkModules(inspected.value);
  if (problem) return err(problem);
  const built = fromAnswer(await rego.build({ files, entrypoints: [ENTRYPOINT] }));
  if (built.isErr()) return err(built.error);
  const version = fromAnswer(await rego.version());
  if (version.isErr()) return err(version.error);
  const data = dataText(input);
  const manifest: BundleManifest = {
    format: 'meshclaw-policy/1',
    entrypoint: ENTRYPOINT,
    wasm_sha256: sha256Hex(built.value.wasm),
    data_sha256: sha256Hex(data),
    compiler: `opa ${version.value.opa}`,
    sources: files.map(({ path, text }) => ({ file: path, sha256: sha256Hex(text) })),
    rules: rulesOf(inspected.value.annotations),
    loosened: [...looseningRules(inspected.value)],
  };
  const text = `${canonicalJson(manifest as unknown as JsonValue)}\n`;
  return ok({ wasm: built.value.wasm, data, manifest: text });
}

type Annotations = Extract<Awaited<ReturnType<RegoCompiler['inspect']>>, { readonly ok: true }>['value']['annotations'];

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
