/** Decides which host keys a server may show: the one its settings pin, else those of the known_hosts files. Never trusts at first sight. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { HostCheck } from './client.js';
import type { Destination } from './destination.js';
import { ALGORITHMS, fingerprintOf, type HostKey, parseHostKey } from './host-key.js';
import { type KnownKeys, readKnownHosts } from './known-hosts.js';
import { homeFolder } from './settings.js';

const UNKNOWN =
  'the host key of this server is not known: compare it with the server and pin it with `meshclaw enrol <server>`';
const ONLY_AUTHORITY =
  'known_hosts names only a certificate authority for this server, and host certificates are not supported: pin its own key with `meshclaw enrol <server>`';
const CHANGED =
  'the server shows another host key than the known one: find out why before anything else; if it is right, pin the new key with `meshclaw enrol <server>`';

/** A host key that is not the expected one; the fingerprints are what a person compares. */
export interface HostKeyError extends ExecutorError {
  readonly kind: 'identity_mismatch';
  readonly shown?: string;
  readonly known: readonly string[];
}

/**
 * What the settings and files say now; nothing is remembered from an earlier look.
 * Err kinds: `invalid_settings` (no key is known, or a file cannot be relied on), `identity_mismatch` (the known key is revoked).
 */
export async function hostCheckOf(to: Destination): Promise<Result<HostCheck, ExecutorError>> {
  const known = await knownKeys(to);
  if (known.isErr()) return err(known.error);
  const pin = to.hostKey === undefined ? undefined : parseHostKey(to.hostKey);
  const expected = pin === undefined ? known.value.trusted : [pin];
  if (expected.length === 0)
    return err({ kind: 'invalid_settings', message: known.value.onlyAuthority ? ONLY_AUTHORITY : UNKNOWN });
  const isRevoked = ({ blob }: HostKey) => known.value.revoked.some((revoked) => revoked.equals(blob));
  const trusted = expected.filter((key) => !isRevoked(key));
  if (trusted.length === 0) return err(mismatch('the known host key of this server is revoked', expected));
  return ok({
    algorithms: Object.entries(ALGORITHMS).flatMap(([type, names]) =>
      trusted.some((key) => key.type === type) ? names : [],
    ),
    none: mismatch('the server has no host key of the kind that is known for it', trusted),
    check(shown) {
      if (isRevoked(shown)) return mismatch('the server shows a host key that is revoked', trusted, shown);
      return trusted.some(({ blob }) => blob.equals(shown.blob)) ? undefined : mismatch(CHANGED, trusted, shown);
    },
  });
}

const mismatch = (message: string, known: readonly HostKey[], shown?: HostKey): HostKeyError => ({
  kind: 'identity_mismatch',
  message,
  known: known.map(fingerprintOf),
  ...(shown === undefined ? {} : { shown: fingerprintOf(shown) }),
});

/** Of the file that the settings name, or of the account's and the machine's own (ssh_config(5): UserKnownHostsFile, GlobalKnownHostsFile). */
async function knownKeys(to: Destination): Promise<Result<KnownKeys, ExecutorError>> {
  const named = to.knownHosts;
  const files = named === undefined ? [join(homeFolder(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'] : [named];
  const all: KnownKeys[] = [];
  for (const file of files) {
    const text = await readTrusted(file, named !== undefined);
    if (text.isErr()) return err(text.error);
    const keys = readKnownHosts(text.value, to);
    if (keys.isErr()) return err({ kind: 'invalid_settings', message: keys.error.message });
    all.push(keys.value);
  }
  const trusted = all.flatMap((keys) => keys.trusted);
  return ok({
    trusted,
    revoked: all.flatMap((keys) => keys.revoked),
    onlyAuthority: trusted.length === 0 && all.some((keys) => keys.onlyAuthority),
  });
}

/** A file that is not there knows nobody, unless it was named. One that cannot be read may revoke something, so it is an error. */
async function readTrusted(file: string, isNamed: boolean): Promise<Result<string, ExecutorError>> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o002) !== 0)
      return err({ kind: 'invalid_settings', message: 'everybody may write to the known_hosts file: take that away' });
    return ok(await readFile(file, 'utf8'));
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isAbsent && !isNamed) return ok('');
    return err({ kind: 'invalid_settings', message: 'a known_hosts file cannot be read', cause });
  }
}
