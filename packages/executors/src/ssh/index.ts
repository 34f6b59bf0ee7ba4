/** Reaches servers by SSH. Never trusts a host key that is not pinned or known, types no password, and forwards nothing. */

export { type OfferedHostKey, offeredHostKeys } from './offered-host-keys.js';
