/** What an inventory entry says about a server reached by SSH. */

import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseHostKey } from './host-key.js';

/** Names and addresses as they are written in a URL or a known_hosts file; nothing that a resolver or a log could misread. */
const host = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/, 'is not a host name or address');
const path = z.string().regex(/^(\/|~\/)[^\0]*$/, 'has to be an absolute path or begin with ~/');
const hostKey = z.string().refine((text) => parseHostKey(text) !== undefined, {
  message: 'has to be a public host key: its type and its base64, as in /etc/ssh/ssh_host_ed25519_key.pub',
});
const hop = {
  host,
  port: z.int().min(1).max(65_535).optional(),
  user: z
    .string()
    .regex(/^[^\s\0-][^\s\0]{0,254}$/, 'is not the name of an account')
    .optional(),
  host_key: hostKey.optional(),
  identity_file: path.optional(),
  known_hosts: path.optional(),
};

/** One server on the way to another. */
export const hopSettings = z.strictObject(hop);
/** More than anybody has between himself and a server; a configuration whose jumps go in a circle ends here. */
export const MOST_HOPS = 8;
/** The schema of an inventory entry's settings. */
export const settings = z.strictObject({
  ...hop,
  ssh_config: path.optional(),
  jump: z.array(hopSettings).min(1).max(MOST_HOPS).optional(),
});
/** Settings of a hop that were checked. */
export type HopSettings = z.output<typeof hopSettings>;
/** Settings that were checked. */
export type SshSettings = z.output<typeof settings>;

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The account MeshClaw runs as. */
export const localUser = (): string => userInfo().username;

/** A path with `~/` as the home of the account MeshClaw runs as. */
export function expandHome(file: string): string {
  return file.startsWith('~/') ? join(homeFolder(), file.slice(2)) : file;
}

/** The home directory as the system has it, as OpenSSH takes it: `HOME` of the environment could be anybody's. */
export function homeFolder(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}
