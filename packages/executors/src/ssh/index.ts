/** Reaches servers by SSH. Never trusts a host key that is not pinned or known, types no password, and forwards no login. */

import type { CallOptions, Executor, ExecutorError, ExecutorSession } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { boundsOf } from './bounds.js';
import { createPools, type Pools } from './connect.js';
import { destinationOf } from './find-destination.js';
import { TIMES, type Times } from './pool.js';
import { sessionOf } from './session.js';
import { type SshSettings, settings } from './settings.js';

export type { SshConfigError } from './configured.js';
export { type AskedServer, type OfferedHostKey, offeredHostKeys } from './offered-host-keys.js';
export type { HopError } from './relay.js';
export type { HostKeyError } from './trust.js';

/** How long connections are kept and silence is borne, in milliseconds; each has a default. */
export type SshTimes = Partial<Times>;

/**
 * The executor `ssh`. Connections are kept for a minute after their last use and never keep the process alive by themselves;
 * `close` ends them at once. A session's identity is the account and the host key that was checked.
 */
export function ssh(times: SshTimes = {}): Executor<typeof settings> {
  const pools = createPools({ ...TIMES, ...times });
  return {
    contract: 'executor/v1',
    id: 'ssh',
    performs: 'command',
    settings,
    open: (entry: SshSettings, call: CallOptions) => new ResultAsync(open(pools, entry, call)),
    async close() {
      pools.links.close();
      pools.relays.close();
    },
  };
}

async function open(
  { links }: Pools,
  entry: SshSettings,
  call: CallOptions,
): Promise<Result<ExecutorSession, ExecutorError>> {
  const bounds = boundsOf(call);
  const destination = await destinationOf(entry);
  if (destination.isErr()) return err(destination.error);
  const taken = await links.take(destination.value, bounds);
  if (taken.isErr()) return err(taken.error);
  return ok(sessionOf(taken.value.lease, taken.value.kept, destination.value.user));
}
