/** Asks a server which host keys it has, for somebody who is about to compare and pin one. Never authenticates and never trusts an answer. */

import type { CallOptions, ExecutorError } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { boundsOf } from './bounds.js';
import { offeredKey } from './client.js';
import { createPools, type Pools } from './connect.js';
import { destinationOf } from './find-destination.js';
import { ALGORITHMS, fingerprintOf, type HostKey, hostKeyText } from './host-key.js';
import { lookupName } from './known-hosts.js';
import { TIMES } from './pool.js';
import { through } from './relay.js';
import { type Address, settings } from './settings.js';
import { directly } from './transport.js';

/** A host key that a server offered and proved to have. Whether it is the right server, nobody has checked yet. */
export interface OfferedHostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it: what a person compares. */
  readonly fingerprint: string;
  /** What pins it in an inventory entry: the value of `host_key`. */
  readonly hostKey: string;
  /** What pins it in a known_hosts file: one line, without its end. */
  readonly knownHostsLine: string;
}

/** Where to ask, as an inventory entry says it. */
export interface AskedServer {
  readonly host: string;
  readonly port?: number | undefined;
  /** The configuration that tells where `host` is. */
  readonly ssh_config?: string | undefined;
  /** The servers on the way, each as its settings are. They are logged in to, so their own keys have to be known. */
  readonly jump?: readonly unknown[] | undefined;
}

/**
 * The host keys of a server, the strongest kind first; one connection for each kind, one deadline for all.
 * It does not log in to it and changes no file. An empty answer does not exist: a server without a usable key is an error.
 * Err kinds: `unreachable`, `unsupported` (it has no kind of key that is accepted), `timed_out`, `cancelled`,
 * `invalid_settings`, and those of the servers on the way.
 */
export function offeredHostKeys(
  server: AskedServer,
  call: CallOptions,
): ResultAsync<readonly OfferedHostKey[], ExecutorError> {
  const pools = createPools(TIMES);
  const asked = offered(pools, server, call).finally(() => pools.relays.close());
  return new ResultAsync(asked);
}

async function offered(
  { relays }: Pools,
  server: AskedServer,
  call: CallOptions,
): Promise<Result<readonly OfferedHostKey[], ExecutorError>> {
  const entry = settings.safeParse(server);
  if (!entry.success) return err({ kind: 'invalid_settings', message: 'the settings do not fit the executor' });
  const destination = await destinationOf(entry.data);
  if (destination.isErr()) return err(destination.error);
  const bounds = boundsOf(call);
  const route = through(relays, destination.value) ?? directly(destination.value);
  const found: OfferedHostKey[] = [];
  for (const algorithms of Object.values(ALGORITHMS)) {
    const key = await offeredKey(route, algorithms, bounds);
    if (key.isOk()) found.push(described(destination.value, key.value));
    else if (key.error.kind !== 'unsupported') return err(key.error);
  }
  if (found.length > 0) return ok(found);
  return err({ kind: 'unsupported', message: 'the server has no host key of a kind that is accepted' });
}

const described = (address: Address, key: HostKey): OfferedHostKey => ({
  type: key.type,
  fingerprint: fingerprintOf(key),
  hostKey: hostKeyText(key),
  knownHostsLine: `${lookupName(address)} ${hostKeyText(key)}`,
});
