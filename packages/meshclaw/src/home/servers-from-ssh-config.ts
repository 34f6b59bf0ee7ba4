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

/** The servers that have a name of their own in the configuration, in its order; `path` is where it is, for servers behind others; `check` is the executor's own word on each. */
export function serversFrom(
  file: SshConfigFile,
  path: string,
  account: LocalAccount,
  check: SettingsCheck,
): FoundServers {
  const notes = patternsIn(file)
    .map(({ file: from, line, words }) => ({
      place: `${from}:${line}`,
      patterns: words.filter((word) => /[*?]/.test(word)),
    }))
    .filter(({ patterns }) => patterns.some((pattern) => pattern !== '*'))
    .map(({ place, patterns }) => `${place}: ${patterns.join(' ')} is a pattern and no server; skipped`);
  const servers = new Map<string, FoundServer>();
  for (const name of namesIn(file)) {
    const host = resolveHost(file, name, account);
    notes.push(...host.notes.map(({ file: place, line, text }) => `${place}:${line}: ${text}`));
    const { executor, ...settings } = reachOf(host, path);
    const why = whyNot(host) ?? check(settings);
    const key = JSON.stringify([host.hostName, host.port, host.user, host.proxyJump]);
    const same = servers.get(key);
    if (why !== undefined) notes.push(`${name}: ${why}; skipped`);
    else if (same !== undefined) notes.push(`${name}: the same server as ${same.name}; skipped`);
    else servers.set(key, { name, reach: [{ executor, ...settings }] });
  }
  return { servers: [...servers.values()], notes: [...new Set(notes)] };
}

function whyNot({ name, proxyCommand }: SshHost): string | undefined {
  if (!NAME.test(name)) return 'not a plain name';
  return proxyCommand ? 'reached by a ProxyCommand, which is never run' : undefined;
}

/** Behind other servers, the configuration itself says the way, as it is when the server is reached. */
function reachOf(
  { name, hostName, port, user, identityFiles, proxyJump }: SshHost,
  path: string,
): FoundServer['reach'][0] {
  if (proxyJump.length > 0) return { executor: 'ssh', host: name, ssh_config: path };
  const [key] = identityFiles.filter((path) => /^(\/|~\/)/.test(path)); // a relative one is another file in every folder
  return {
    executor: 'ssh',
    host: hostName,
    ...(port === 22 ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { identity_file: key }),
  };
}
