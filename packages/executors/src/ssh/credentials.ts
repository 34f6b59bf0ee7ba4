/** What an account logs in with: a key file, or the keys of an agent. Never a password. */

/** One way to prove who logs in. */
export type AuthMethod =
  | { readonly kind: 'key'; readonly key: Buffer }
  | { readonly kind: 'agent'; readonly socket: string };
