/** MeshClaw's workflows, by their metadata: a workflow's code is loaded when it is run, or imported from `@meshclaw/workflows/<id>`. */

export { workflows } from './registry.gen.js';
export type { WorkflowEntry } from './registry.js';
