// What the client and its worker thread send each other.
import type { Reply } from './instance.js';
import type { WasmModule } from './webassembly.js';

/** What a worker is started with: the module is compiled once for the process and handed to each worker. */
export interface WorkerStart {
  readonly module: WasmModule;
}

/** One request. */
export interface ToWorker {
  readonly id: number;
  readonly request: string;
}

/** The answer to the request of that id. After `died` the worker makes itself a new instance. */
export type FromWorker =
  | { readonly id: number; readonly kind: 'replied'; readonly reply: Reply }
  | { readonly id: number; readonly kind: 'died'; readonly detail: string };
