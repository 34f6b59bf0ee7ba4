/** Reaches servers by SSH. Never trusts a host key that is not pinned or known, types no password, and forwards nothing. */

import type { CallOptions, Executor } from '@meshclaw/core';
import { ResultAsync } from 'neverthrow';
import { boundsOf } from './bounds.js';
import { createPool } from './pool.js';
import { sessionOf } from './session.js';
import { loginOf, type SshSettings, settings } from './settings.js';

export { type OfferedHostKey, offeredHostKeys } from './offered-host-keys.js';

/**
 * The executor `ssh`. Connections are kept for a minute after their last use and never keep the process alive by themselves;
 * `close` ends them at once. A session's identity is the account and the host key that was checked.
 */
export function ssh(): Executor<typeof settings> {
  const pool = createPool();
  return {
    contract: 'executor/v1',
    id: 'ssh',
    performs: 'command',
    settings,
    open: (entry: SshSettings, call: CallOptions) =>
      new ResultAsync(pool.take(entry, boundsOf(call))).map(({ lease, link }) =>
        sessionOf(lease, link, loginOf(entry)),
      ),
    close: async () => pool.close(),
  };
}
