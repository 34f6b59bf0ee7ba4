/** Stand-ins for the ports, for the tests of whoever builds on core. */

export { createMemoryLedger, type MemoryLedger } from './memory-ledger.js';
export {
  captured,
  createScriptedExecutor,
  exited,
  type Performance,
  type ScriptedExecutor,
} from './scripted-executor.js';
