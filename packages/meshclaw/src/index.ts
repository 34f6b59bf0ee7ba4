/** MeshClaw with everything wired: `openMeshClaw()` here, the `meshclaw` command beside it. */

export type { ConfigurationProblem, HomeError, OpenError } from './errors.js';
export { type MeshClawHandle, type OpenOptions, openMeshClaw } from './open.js';
