/** Stand-ins for the ports, for the tests of whoever builds on core. */

export { createDial, type Dial, dialRead, dialSet, inventoryOf } from './dial.js';
export { createMemoryLedger, type MemoryLedger } from './memory-ledger.js';
export { BARE_SHAPES, NAMED_SHAPES, type Planted, plantedSecrets } from './planted-secrets.js';
export {
  captured,
  createScriptedExecutor,
  exited,
  type Performance,
  type ScriptedExecutor,
} from './scripted-executor.js';
export { createScriptedPolicy, type ScriptedAnswer, type ScriptedPolicy } from './scripted-policy.js';
export { createTestApprover, registryOf, type TestApprover } from './test-approver.js';
export { createTestClock, createWorld } from './world.js';
