/** What the tests of this package share. */

export {
  type Applets,
  allowAll,
  DEBIAN,
  exitOf,
  installApplets,
  meshOn,
  outputOf,
  targetOf,
} from './on-machine.js';
