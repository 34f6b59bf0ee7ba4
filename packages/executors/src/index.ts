/** Ways for MeshClaw to reach something. One folder is one executor; a folder's code is loaded when it is asked for. */

export { local } from './local/index.js';
export { executors } from './registry.gen.js';
export type { ExecutorEntry } from './registry.js';
