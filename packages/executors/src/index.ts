/** Ways for MeshClaw to reach something, by their metadata: an executor's code is loaded when it is used, or imported from `@meshclaw/executors/<id>`. */

export {
  type Directive,
  type LocalAccount,
  namesIn,
  parseSshConfig,
  patternsIn,
  readSshConfig,
  resolveHost,
  type SshConfigFile,
  type SshConfigFiles,
  type SshConfigProblem,
  type SshHost,
} from './_ssh-config/index.js';
export { executors } from './registry.gen.js';
export type { ExecutorEntry } from './registry.js';
