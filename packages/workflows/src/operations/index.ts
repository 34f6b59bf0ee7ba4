/** The operations: what can be asked of a server, one file a noun. */

export { ServerId } from '../inputs.js';
export { operations } from './catalogue.gen.js';
// Names only: which operation lives in which file is found by the generator, so that a new one is one file.
export * from './exports.gen.js';
