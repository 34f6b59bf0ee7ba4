/** Asks a server which host keys it has, for somebody who is about to compare and pin one. Never authenticates and never trusts an answer. */

import type { CallOptions, ExecutorError } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { boundsOf } from './bounds.js';
import { offeredKey } from './client.js';
import { ALGORITHMS, fingerprintOf, type HostKey, hostKeyText } from './host-key.js';
import { lookupName } from './known-hosts.js';
import type { Address } from './settings.js';
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

/**
 * The host keys of a server, the strongest kind first; one connection for each kind, one deadline for all.
 * It logs in nowhere and changes no file. An empty answer does not exist: a server without a usable key is an error.
 * Err kinds: `unreachable`, `unsupported` (it has no kind of key that is accepted), `timed_out`, `cancelled`.
 */
export function offeredHostKeys(
  address: { readonly host: string; readonly port?: number },
  call: CallOptions,
): ResultAsync<readonly OfferedHostKey[], ExecutorError> {
  return new ResultAsync(offered({ host: address.host, port: address.port ?? 22 }, call));
}

async function offered(address: Address, call: CallOptions): Promise<Result<readonly OfferedHostKey[], ExecutorError>> {
  const bounds = boundsOf(call);
  const route = directly(address);
  const found: OfferedHostKey[] = [];
  for (const algorithms of Object.values(ALGORITHMS)) {
    const key = await offeredKey(route, algorithms, bounds);
    if (key.isOk()) found.push(described(address, key.value));
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
