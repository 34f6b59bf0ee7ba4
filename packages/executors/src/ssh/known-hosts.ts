/** Reads known_hosts files as sshd(8) describes them: which keys a server may have, and which no server may have. */

import { createHmac } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import { type HostKey, hostKeyOf, parseHostKey } from './host-key.js';
import type { Address } from './settings.js';

/** What a known_hosts file says of one server. */
export interface KnownKeys {
  readonly trusted: readonly HostKey[];
  /** Wire forms that are refused, whatever else names them. */
  readonly revoked: readonly Buffer[];
  /** True when a line only names an authority that signs host certificates; those are not supported, so it makes nobody known. */
  readonly onlyAuthority: boolean;
}
/** A file that cannot be relied on. */
export interface KnownHostsError {
  readonly message: string;
}

/** The name a server has in known_hosts: `host`, or `[host]:port` where the port is not 22. */
export function lookupName({ host, port }: Address): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** What a file says of a server. A line that cannot be read makes nobody known; one that revokes and cannot be read is an error. */
export function readKnownHosts(text: string, address: Address): Result<KnownKeys, KnownHostsError> {
  const name = lookupName(address);
  const trusted: HostKey[] = [];
  const revoked: Buffer[] = [];
  let authority = false;
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined || !matchesHosts(entry.hosts, name)) continue;
    if (entry.marker === '@cert-authority') authority = true;
    else if (entry.marker === '@revoked') {
      const blob = revokedBlob(entry.key);
      if (blob === undefined) return err({ message: 'a line of known_hosts revokes a key that cannot be read' });
      revoked.push(blob);
    } else if (entry.marker === undefined) {
      const key = parseHostKey(entry.key);
      if (key !== undefined) trusted.push(key);
    }
  }
  return ok({ trusted, revoked, onlyAuthority: authority && trusted.length === 0 });
}

interface Line {
  readonly marker: string | undefined;
  readonly hosts: string;
  /** `type base64 comment`. */
  readonly key: string;
}

function parseLine(line: string): Line | undefined {
  const words = line.trim().split(/[ \t]+/);
  const first = words[0] ?? '';
  if (first === '' || first.startsWith('#')) return undefined;
  const marker = first.startsWith('@') ? first : undefined;
  const [hosts = '', ...key] = marker === undefined ? words : words.slice(1);
  return { marker, hosts, key: key.join(' ') };
}

/** Any key that is well formed: a type we would never accept can be revoked as well. */
function revokedBlob(text: string): Buffer | undefined {
  const [type, base64 = ''] = text.split(' ');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = hostKeyOf(Buffer.from(base64, 'base64'));
  return key?.type === type ? key?.blob : undefined;
}

/** One field of hosts: a hash of one name, or patterns of which one has to match and none that begins with `!` may. */
function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  let matched = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else matched ||= pattern !== '' && matchesPattern(pattern, name);
  }
  return matched;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt. */
function matchesHash(hosts: string, name: string): boolean {
  const [empty, version, salt = '', hash = '', ...rest] = hosts.split('|');
  if (empty !== '' || version !== '1' || salt === '' || hash === '' || rest.length > 0) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` is any number of characters and `?` is one. Linear in time for each star, whatever the pattern. */
function matchesPattern(pattern: string, name: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[from] === '*') [star, mark] = [from++, at];
    else if (pattern[from] === '?' || (from < pattern.length && pattern[from] === name[at]))
      [at, from] = [at + 1, from + 1];
    else if (star >= 0) [at, from] = [++mark, star + 1];
    else return false;
  }
  while (pattern[from] === '*') from += 1;
  return from === pattern.length;
}
