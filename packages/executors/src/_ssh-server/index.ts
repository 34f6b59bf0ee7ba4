/** SSH servers on loopback, for demonstrations and tests: a private OpenSSH server, or one in this process. */

export { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from './in-process.js';
export { type OpenSshOptions, startOpenSshServer } from './openssh.js';
