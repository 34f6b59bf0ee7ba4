/** One loaded policy module. The only file that touches the evaluator library; whatever it throws ends here. */

import type { JsonObject } from '@meshclaw/core';
import { withPrintedLines } from './printed-lines.js';

/** The library's face as far as it is used; its own type declarations do not compile without the DOM's. */
interface OpaWasm {
  readonly default: { loadPolicySync(module: object, memory: { initial: number; maximum: number }): LoadedPolicy };
}
interface LoadedPolicy {
  readonly minorVersion?: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  readonly wasmInstance: {
    readonly exports: Readonly<Record<'builtins' | 'opa_json_dump', (from?: number) => number>>;
  };
  readonly mem: { readonly buffer: ArrayBuffer };
  evaluate(input: ArrayBuffer, entrypoint: string): unknown;
  setData(data: JsonObject): void;
}
interface Named {
  readonly module?: string;
  readonly name: string;
}
interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Module: { imports(module: object): readonly Named[]; exports(module: object): readonly Named[] };
}

/** 64 KiB pages: 2 MiB to begin with, never more than 64 MiB whatever a policy does. */
const MEMORY = { initial: 32, maximum: 1024 };
const KNOWN_IMPORTS = /^(memory|opa_abort|opa_println|opa_builtin[0-4])$/;
/** What the library calls without asking whether it is there. */
const NEEDED_EXPORTS = [
  ...['opa_wasm_abi_version', 'opa_wasm_abi_minor_version', 'builtins', 'entrypoints', 'opa_eval'],
  ...['opa_json_parse', 'opa_json_dump', 'opa_malloc', 'opa_heap_ptr_get', 'opa_heap_ptr_set'],
];
/** The first minor version whose one-call evaluation the evaluator relies on. */
const LEAST_ABI_MINOR = 2;

/** A compiled module whose imports and exports are known; it can be handed to a thread. */
export type CompiledModule = object;
/** A checked module that makes instances. */
export interface PolicyModule {
  /** A fresh instance with its own memory and data. Throws when the module cannot start. */
  instance(): PolicyInstance;
}
/** One instance; after any throw it must be thrown away, because its memory may be poisoned. */
export interface PolicyInstance {
  /** The raw result set. Throws strings, plain objects and errors alike, also when it is entered a second time. */
  evaluate(text: string): unknown;
}

const encoder = new TextEncoder();

/** Compiles a module and checks its imports and exports. Rejects where they are not those of a policy. */
export async function compileModule(wasm: Uint8Array): Promise<CompiledModule> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };
  const module = await WebAssembly.compile(wasm);
  checkShape(WebAssembly.Module.imports(module), WebAssembly.Module.exports(module));
  return module;
}

/** Checks what only a started module tells: exactly the wanted entrypoint, a new enough ABI, no built-in that a host would have to supply. Rejects otherwise. */
export async function startModule(module: CompiledModule, data: JsonObject, entrypoint: string): Promise<PolicyModule> {
  const library = ((await import('@open-policy-agent/opa-wasm' as string)) as OpaWasm).default;
  const instance = (): PolicyInstance => {
    const loaded = withPrintedLines(() => library.loadPolicySync(module, { ...MEMORY }));
    checkLoaded(loaded, entrypoint);
    withPrintedLines(() => loaded.setData(data));
    return { evaluate: oneAtATime((text) => withPrintedLines(() => loaded.evaluate(toArrayBuffer(text), entrypoint))) };
  };
  instance();
  return { instance };
}

/** Both at once. */
export const loadModule = async (wasm: Uint8Array, data: JsonObject, entrypoint: string): Promise<PolicyModule> =>
  startModule(await compileModule(wasm), data, entrypoint);

/** What an instance prints runs code of the host's, which may ask again: the memory of the first question is then in use. */
function oneAtATime(evaluate: (text: string) => unknown): (text: string) => unknown {
  let busy = false;
  return (text) => {
    if (busy) throw new Error('the instance is already evaluating');
    busy = true;
    try {
      return evaluate(text);
    } finally {
      busy = false;
    }
  };
}

function checkShape(imports: readonly Named[], exports: readonly Named[]): void {
  const foreign = imports.find((one) => one.module !== 'env' || !KNOWN_IMPORTS.test(one.name));
  if (foreign) throw new Error(`the module imports ${foreign.module}.${foreign.name}`);
  const missing = NEEDED_EXPORTS.find((name) => !exports.some((one) => one.name === name));
  if (missing) throw new Error(`the module does not export ${missing}`);
}

function checkLoaded(loaded: LoadedPolicy, entrypoint: string): void {
  if ((loaded.minorVersion ?? 0) < LEAST_ABI_MINOR) throw new Error('the module has an unknown ABI');
  const names = Object.keys(loaded.entrypoints);
  if (names.length !== 1 || names[0] !== entrypoint)
    throw new Error('the module does not answer exactly the entrypoint');
  // The library has a few of its own, with other results than OPA's, and throws on the rest only when they are reached.
  const [builtin] = Object.keys(builtinsOf(loaded));
  if (builtin !== undefined) throw new Error(`the module needs the built-in ${builtin} from its host`);
}

function builtinsOf({ wasmInstance: { exports }, mem }: LoadedPolicy): object {
  const start = exports.opa_json_dump(exports.builtins());
  const bytes = new Uint8Array(mem.buffer, start);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))) as object;
}

/** The library reads an ArrayBuffer as JSON text, and would serialise a view of one as an object. */
function toArrayBuffer(text: string): ArrayBuffer {
  const bytes = encoder.encode(text);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
