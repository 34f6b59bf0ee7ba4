// The part of the WebAssembly interface that this package uses. Node's own types leave it out, and the browser's
// would bring all of the DOM into a package that has none.

/** A compiled module; it can be sent to a worker. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

/** Linear memory. `buffer` is another object after each growth, so it is read anew for each access. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** A running module. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, (...values: never[]) => unknown>>,
  ) => WasmInstance;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };

/** Compiles a module off the main thread; rejects when the bytes are not WebAssembly. */
export function compileModule(bytes: Uint8Array): Promise<WasmModule> {
  return WebAssembly.compile(bytes);
}

/** Starts a module; throws when an import is missing. */
export function startModule(
  module: WasmModule,
  imports: Record<string, Record<string, (...values: never[]) => unknown>>,
): WasmInstance {
  return new WebAssembly.Instance(module, imports);
}
