/** Where a login goes, with everything filled in that an inventory entry leaves out. */

import { type Address, expandHome, type HopSettings, localUser, type SshSettings } from './settings.js';

/** An account on a server, and the servers on the way to it. Two that are equal share a connection. */
export interface Destination extends Address {
  readonly user: string;
  /** `type base64`. */
  readonly hostKey?: string;
  /** Tried in this order, and no other key. */
  readonly identityFiles?: readonly string[];
  /** True where a configuration suggests them: one that cannot be used is passed over, as long as another can. */
  readonly areSuggested?: true;
  readonly knownHosts?: string;
  /** The first one is connected to from here. Their own `jump` is empty. */
  readonly jump: readonly Destination[];
}

const PORT = 22;

/** The hops that an entry lists. One that names no known_hosts is looked up where the server itself is. */
export const hopsOf = ({ jump = [], known_hosts }: SshSettings): readonly HopSettings[] =>
  known_hosts === undefined ? jump : jump.map((hop) => ({ known_hosts, ...hop }));

/** Without a configuration. */
export function plain({ host, port, user, ...files }: HopSettings): Omit<Destination, 'jump'> {
  return { host, port: port ?? PORT, user: user ?? localUser(), ...filesOf(files) };
}

/** The key and the files that an entry names. */
export function filesOf(settings: Omit<HopSettings, 'host' | 'port' | 'user'>): Partial<Destination> {
  const { host_key: hostKey, identity_file: identity, known_hosts: knownHosts } = settings;
  return {
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(identity === undefined ? {} : { identityFiles: [expandHome(identity)] }),
    ...(knownHosts === undefined ? {} : { knownHosts: expandHome(knownHosts) }),
  };
}
