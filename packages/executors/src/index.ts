/** Ways for MeshClaw to reach something, by their metadata: an executor's code is loaded when it is used, or imported from `@meshclaw/executors/<id>`. */

export { executors } from './registry.gen.js';
export type { ExecutorEntry } from './registry.js';
