/** The contract every executor that performs commands keeps; called from each executor's own test. */

export { type ContractCase, describeExecutor, type ExecutorUnderTest } from './describe-executor.js';
