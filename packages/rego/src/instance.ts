// One running compiler module: a request goes in as JSON text, a reply comes out as JSON text and bytes.
import { createSystem } from './wasi.js';
import { startModule, type WasmMemory, type WasmModule } from './webassembly.js';

/** A reply: JSON text and, after a build, the policy module. */
export interface Reply {
  readonly json: string;
  readonly blob: Uint8Array<ArrayBuffer>;
}

/** A running compiler. Any throw of `call` means that it must not be used again. */
export interface Instance {
  call(request: string): Reply;
  stderr(): string;
}

interface Exports {
  readonly memory: WasmMemory;
  readonly _initialize: () => void;
  readonly regoc_in: (size: number) => number;
  readonly regoc_call: (size: number) => number;
  readonly regoc_out: () => number;
  readonly regoc_free: () => void;
}

/** Starts the compiler and runs its start-up code; throws when the module is not ours. */
export function createInstance(module: WasmModule): Instance {
  const system = createSystem();
  const compiler = startModule(module, { wasi_snapshot_preview1: system.imports }).exports as unknown as Exports;
  system.attach(compiler.memory);
  compiler._initialize();
  return { call: (request) => exchange(compiler, request), stderr: system.stderr };
}

function exchange(compiler: Exports, request: string): Reply {
  const bytes = new TextEncoder().encode(request);
  const at = compiler.regoc_in(bytes.length) >>> 0;
  new Uint8Array(compiler.memory.buffer, at, bytes.length).set(bytes);
  const length = compiler.regoc_call(bytes.length) >>> 0;
  const framed = new Uint8Array(compiler.memory.buffer, compiler.regoc_out() >>> 0, length).slice();
  compiler.regoc_free();
  const end = 4 + new DataView(framed.buffer).getUint32(0, true);
  return { json: new TextDecoder().decode(framed.subarray(4, end)), blob: framed.slice(end) };
}
