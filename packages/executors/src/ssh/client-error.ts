/** What it means that no connection came about. Each of these is certain: nothing was run. */

import type { ExecutorError } from '@meshclaw/core';
import type { HostKey } from './host-key.js';

/** How far a connection came, kept while it is made. */
export interface Stage {
  name: 'handshake' | 'login';
  /** Why the host key was refused. */
  refusal: ExecutorError | undefined;
  hostKey: HostKey | undefined;
  /** What it means that the server has none of the kinds of host key that were asked for. */
  readonly none: ExecutorError;
}

/** Nothing answered the connection. */
export const NOBODY: ExecutorError = { kind: 'unreachable', message: 'nothing answers at this address' };
/** Something accepted the connection and then said too little. */
export const SILENT: ExecutorError = {
  kind: 'unreachable',
  message: 'what answers at this address did not finish an SSH handshake in time',
};
/** The login was sent and not answered. */
export const SLOW_LOGIN: ExecutorError = {
  kind: 'timed_out',
  message: 'the server did not answer the login before the deadline',
};
/** Accepted and closed again before it said who it is: what a server does that has too many connections. */
export const CROWDED: ExecutorError = {
  kind: 'unreachable',
  message: 'the server closed the connection before the SSH handshake was done; it may have too many of them',
};
/** A host key that is not a key. */
export const UNREADABLE_KEY: ExecutorError = {
  kind: 'identity_mismatch',
  message: 'the server shows a host key that cannot be read',
};

/** Err kinds: `unreachable`. */
export function dialError(cause: unknown): ExecutorError {
  const messages: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'the server refuses connections on this port',
    ENOTFOUND: 'this name has no address',
    EAI_AGAIN: 'the address of this name could not be looked up',
    EHOSTUNREACH: 'there is no way to this address',
    ENETUNREACH: 'there is no way to this address',
  };
  return { kind: 'unreachable', message: messages[codeOf(cause)] ?? NOBODY.message, cause };
}

/** True for an error after which ssh2 goes on with the next key: an agent that is gone, or one key it does not sign with. */
export function isPassing(error: unknown): boolean {
  return field(error, 'level') === 'agent' || /^Error signing data/.test(String(field(error, 'message')));
}

/** What ssh2 emitted or threw, or nothing where the connection just ended. Err kinds: `unreachable`, `unsupported`, `authentication_failed`, and those of the stage. */
export function connectError(cause: unknown, stage: Stage): ExecutorError {
  if (stage.refusal !== undefined) return stage.refusal;
  const message = String(field(cause, 'message') ?? '');
  if (/no matching host key format/.test(message)) return stage.none;
  if (/no matching/.test(message))
    return { kind: 'unsupported', message: 'the server has no algorithm in common with this client', cause };
  if (/signature verification failed/.test(message))
    return { kind: 'identity_mismatch', message: 'the server cannot prove to have the host key it shows', cause };
  if (stage.name === 'login') return loginError(cause, message);
  if (/^Connection lost before handshake|^$/.test(message)) return CROWDED;
  if (codeOf(cause) === 'ECONNRESET' && stage.hostKey === undefined) return CROWDED;
  return { kind: 'unreachable', message: 'what answers at this address does not speak SSH as it should', cause };
}

function loginError(cause: unknown, message: string): ExecutorError {
  if (field(cause, 'level') === 'client-authentication')
    return { kind: 'authentication_failed', message: 'the server accepts none of the keys for this account' };
  if (/authentication/i.test(message))
    return {
      kind: 'authentication_failed',
      message: 'the server ended the login after too many keys; name one with identity_file',
    };
  return { kind: 'unreachable', message: 'the connection was lost during the login', cause };
}

const codeOf = (cause: unknown): string => String(field(cause, 'code') ?? '');

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
