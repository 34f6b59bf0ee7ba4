/** One loaded policy module. The only file that touches the evaluator library; whatever it throws ends here. */

import type { JsonObject } from '@meshclaw/core';

/** The library's face as far as it is used; its own type declarations do not compile without the DOM's. */
interface OpaWasm {
  loadPolicy(wasm: unknown, memory: { initial: number; maximum: number }): Promise<LoadedPolicy>;
}
interface LoadedPolicy {
  readonly minorVersion?: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  readonly wasmInstance: unknown;
  evaluate(input: ArrayBuffer, entrypoint: string): unknown;
  setData(data: JsonObject): void;
}
interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Module: { imports(module: object): readonly { readonly module: string; readonly name: string }[] };
}

/** 64 KiB pages: 2 MiB to begin with, never more than 64 MiB whatever a policy does. */
const MEMORY = { initial: 32, maximum: 1024 };
const KNOWN_IMPORTS = /^(memory|opa_abort|opa_println|opa_builtin[0-4])$/;
/** The first minor version whose one-call evaluation the evaluator relies on. */
const LEAST_ABI_MINOR = 2;

/** A checked module that makes instances. */
export interface PolicyModule {
  /** A fresh instance with its own memory and data. Rejects when the module cannot start. */
  instance(): Promise<PolicyInstance>;
}
/** One instance; after any throw it must be thrown away, because its memory may be poisoned. */
export interface PolicyInstance {
  /** The raw result set. Throws strings, plain objects and errors alike. */
  evaluate(text: string): unknown;
}

const encoder = new TextEncoder();

/** Compiles and checks a module: only known imports, exactly the wanted entrypoint, a new enough ABI, no built-in that a host would have to supply. Rejects otherwise. */
export async function loadModule(wasm: Uint8Array, data: JsonObject, entrypoint: string): Promise<PolicyModule> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };
  const { loadPolicy } = (await import('@open-policy-agent/opa-wasm' as string)) as OpaWasm;
  const module = await WebAssembly.compile(wasm);
  const foreign = WebAssembly.Module.imports(module).find(
    (one) => one.module !== 'env' || !KNOWN_IMPORTS.test(one.name),
  );
  if (foreign) throw new Error(`the module imports ${foreign.module}.${foreign.name}`);

  const instance = async (): Promise<PolicyInstance> => {
    const loaded = await loadPolicy(module, { ...MEMORY });
    if ((loaded.minorVersion ?? 0) < LEAST_ABI_MINOR) throw new Error('the module has an unknown ABI');
    const names = Object.keys(loaded.entrypoints);
    if (names.length !== 1 || names[0] !== entrypoint)
      throw new Error('the module does not answer exactly the entrypoint');
    loaded.setData(data);
    return { evaluate: (text) => loaded.evaluate(toArrayBuffer(text), entrypoint) };
  };
  await instance();
  return { instance };
}

/** The library reads an ArrayBuffer as JSON text, and would serialise a view of one as an object. */
function toArrayBuffer(text: string): ArrayBuffer {
  const bytes = encoder.encode(text);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
