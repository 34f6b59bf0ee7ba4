/** Inventory entries from an OpenSSH client configuration: names and how they are reached, nothing else. */

import {
  type LocalAccount,
  namesIn,
  patternsIn,
  resolveHost,
  type SshConfigFile,
  type SshHost,
} from '@meshclaw/executors';

/** A server as its inventory entry has it. */
export interface FoundServer {
  readonly name: string;
  readonly reach: readonly [
    { readonly executor: 'ssh'; readonly host: string } & Readonly<Record<string, string | number>>,
  ];
}
/** What was found, and in words what was not taken over and why. */
export interface FoundServers {
  readonly servers: readonly FoundServer[];
  readonly notes: readonly string[];
}

/** What an inventory takes as a name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The settings of one way to reach a server, without the executor's id. The answer is what is wrong with them. */
export type SettingsCheck = (settings: Readonly<Record<string, unknown>>) => string | undefined;

/** The servers that have a name of their own in the configuration, in its order; `check` is the executor's own word on each. */
export function serversFrom(file: SshConfigFile, account: LocalAccount, check: SettingsCheck): FoundServers {
  const notes = patternsIn(file)
    .map(({ file: path, line, words }) => ({
      place: `${path}:${line}`,
      patterns: words.filter((word) => /[*?]/.test(word)),
    }))
    .filter(({ patterns }) => patterns.some((pattern) => pattern !== '*'))
    .map(({ place, patterns }) => `${place}: ${patterns.join(' ')} is a pattern and no server; skipped`);
  const servers = new Map<string, FoundServer>();
  for (const name of namesIn(file)) {
    const host = resolveHost(file, name, account);
    notes.push(...host.notes.map(({ file: path, line, text }) => `${path}:${line}: ${text}`));
    const { executor, ...settings } = reachOf(host);
    const why = whyNot(host) ?? check(settings);
    const key = JSON.stringify([host.hostName, host.port, host.user]);
    const same = servers.get(key);
    if (why !== undefined) notes.push(`${name}: ${why}; skipped`);
    else if (same !== undefined) notes.push(`${name}: the same server as ${same.name}; skipped`);
    else servers.set(key, { name, reach: [{ executor, ...settings }] });
  }
  return { servers: [...servers.values()], notes: [...new Set(notes)] };
}

function whyNot({ name, proxyJump, proxyCommand }: SshHost): string | undefined {
  if (!NAME.test(name)) return 'not a plain name';
  if (proxyCommand) return 'reached by a ProxyCommand, which is never run';
  return proxyJump.length > 0
    ? `reached through ${proxyJump.join(', ')}: write it yourself, with jump or ssh_config`
    : undefined;
}

function reachOf({ hostName, port, user, identityFiles }: SshHost): FoundServer['reach'][0] {
  const [key] = identityFiles.filter((path) => /^(\/|~\/)/.test(path)); // a relative one is another file in every folder
  return {
    executor: 'ssh',
    host: hostName,
    ...(port === 22 ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { identity_file: key }),
  };
}
