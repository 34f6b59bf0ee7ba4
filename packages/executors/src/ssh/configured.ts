/**
 * Fills in what an ssh configuration says of a server: its address, port, account, keys and jump hosts, and nothing else.
 * Nothing in it is executed: where it depends on that, it is an error. What the inventory entry says itself goes before it.
 */

import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { resolveHost, type SshConfigFile, type SshConfigProblem, type SshHost } from '../_ssh-config/index.js';
import { readConfigFile } from './config-file.js';
import { type Destination, filesOf, hopsOf } from './destination.js';
import {
  expandHome,
  type HopSettings,
  homeFolder,
  hopSettings,
  localUser,
  MOST_HOPS,
  type SshSettings,
} from './settings.js';

/** A configuration that cannot be used for a server as it is, and where it says so. */
export interface SshConfigError extends ExecutorError {
  readonly kind: 'invalid_settings';
  /** The name that was looked up. */
  readonly host: string;
  readonly problems: readonly SshConfigProblem[];
}

/** Err kinds: `invalid_settings`. */
export async function configured(settings: SshSettings, path: string): Promise<Result<Destination, ExecutorError>> {
  const file = await readConfigFile(expandHome(path));
  if (file.isErr()) return err(refused(settings.host, file.error.message, file.error.problems));
  const { ssh_config: _, jump, ...own } = settings;
  const last = resolved(file.value, own);
  if (last.isErr()) return err(last.error);
  const hops = jump === undefined ? jumpsOf(file.value, last.value.host, own, 0) : named(file.value, hopsOf(settings));
  return hops.map((way) => ({ ...last.value.destination, jump: way }));
}

interface Resolved {
  readonly destination: Omit<Destination, 'jump'>;
  readonly host: SshHost;
}

/** One server by its name in the configuration. */
function resolved(file: SshConfigFile, own: HopSettings): Result<Resolved, SshConfigError> {
  const host = resolveHost(file, own.host, { user: localUser(), home: homeFolder() });
  if (host.notes.length > 0) return err(refused(own.host, UNDECIDED, host.notes));
  const { hostName, port, user } = host;
  const checked = hopSettings.safeParse({ ...own, host: hostName, ...(user === undefined ? {} : { user }) });
  if (!checked.success)
    return err(refused(own.host, 'the ssh configuration names no host or account that can be used', []));
  const keys = host.identityFiles.filter((name) => /^(\/|~\/)/.test(name)).map(expandHome);
  const suggested = keys.length === 0 ? {} : { identityFiles: keys, areSuggested: true as const };
  const login = own.user ?? user ?? localUser();
  const { identityFiles } = filesOf(own);
  const files = identityFiles === undefined ? { ...suggested, ...filesOf(own) } : filesOf(own);
  return ok({ destination: { host: hostName, port: own.port ?? port, user: login, ...files }, host });
}

/** The hops that the entry lists: each by its name in the configuration, and no others. */
function named(file: SshConfigFile, hops: readonly HopSettings[]): Result<readonly Destination[], SshConfigError> {
  const way: Destination[] = [];
  for (const hop of hops) {
    const one = resolved(file, hop);
    if (one.isErr()) return err(one.error);
    way.push({ ...one.value.destination, jump: [] });
  }
  return ok(way);
}

/** The hops of ProxyJump. The first may have a ProxyJump of its own; those after it are reached through the one before (ssh_config(5)). */
function jumpsOf(
  file: SshConfigFile,
  host: SshHost,
  own: HopSettings,
  depth: number,
): Result<readonly Destination[], SshConfigError> {
  if (host.proxyCommand) return err(refused(host.name, COMMAND, []));
  const way: Destination[] = [];
  for (const [place, text] of host.proxyJump.entries()) {
    const hop = hopOf(text);
    if (hop === undefined || depth + way.length >= MOST_HOPS) return err(refused(host.name, NO_HOP, []));
    const known = own.known_hosts === undefined ? {} : { known_hosts: own.known_hosts };
    const one = resolved(file, { ...hop, ...known });
    if (one.isErr()) return err(one.error);
    const before = place === 0 ? jumpsOf(file, one.value.host, own, depth + 1) : ok([]);
    if (before.isErr()) return err(before.error);
    way.push(...before.value, { ...one.value.destination, jump: [] });
  }
  return ok(way);
}

/** `[user@]host[:port]`, where an address of IPv6 is in brackets. */
function hopOf(text: string): HopSettings | undefined {
  const [, user, bracketed, bare, port] = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const hop = { host: bracketed ?? bare, ...(user ? { user } : {}), ...(port ? { port: Number(port) } : {}) };
  const checked = hopSettings.safeParse(hop);
  return checked.success ? checked.data : undefined;
}

const UNDECIDED =
  'the ssh configuration says something about this server that depends on more than the file, and nothing is executed to find out: name address and account in the inventory';
const COMMAND =
  'the ssh configuration reaches this server by a ProxyCommand, which is never run: name the servers on the way with jump';
const NO_HOP = 'the ProxyJump of this server cannot be read, or leads over too many servers';

const refused = (host: string, message: string, problems: readonly SshConfigProblem[]): SshConfigError => ({
  ...{ kind: 'invalid_settings', message, host, problems },
});
