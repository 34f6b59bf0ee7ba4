/** A lab of real Debian hosts, for tests. */

export { type LabForTests, useLab } from './for-tests.js';
export type { LabHost, User } from './host.js';
export { whyNoLab } from './needs.js';
export type { Scenario } from './scenario.js';
export { type Lab, type LabOptions, startLab } from './start-lab.js';
export type { Ended } from './system.js';
