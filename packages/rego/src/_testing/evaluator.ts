// What a compiled policy wants from its host, read straight from the module.
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { WasmMemory } from '../webassembly.js';

interface Loaded {
  readonly mem: WasmMemory;
  readonly wasmInstance: {
    readonly exports: { builtins(): number; opa_json_dump(value: number): number };
  };
}

/** The names of the built-ins that the evaluator would have to supply, sorted. */
export async function hostBuiltins(wasm: Uint8Array): Promise<readonly string[]> {
  const { mem, wasmInstance } = (await loadPolicy(wasm)) as unknown as Loaded;
  const at = wasmInstance.exports.opa_json_dump(wasmInstance.exports.builtins());
  const bytes = Buffer.from(mem.buffer, at);
  return Object.keys(JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0))) as object).sort();
}
