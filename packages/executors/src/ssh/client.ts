/** The only file that knows ssh2: handshake, login, channels. Everything it throws or emits ends here or in `client-error.ts`. */

import type { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { type Bounds, overdue, within } from './bounds.js';
import {
  connectError,
  dialError,
  isPassing,
  NOBODY,
  SILENT,
  SLOW_LOGIN,
  type Stage,
  UNREADABLE_KEY,
} from './client-error.js';
import { type Connection, connectionOf } from './connection.js';
import { type HostKey, hostKeyOf } from './host-key.js';
import type { Address } from './settings.js';

/** One way to prove who logs in. */
export type AuthMethod =
  | { readonly kind: 'key'; readonly key: Buffer }
  | { readonly kind: 'agent'; readonly socket: string };
/** Who logs in, with what, in that order. */
export interface Login {
  readonly user: string;
  readonly methods: readonly AuthMethod[];
}
/** Which kinds of host key are asked for, and what becomes of the one that is shown: an error ends the connection before any login. */
export interface HostCheck {
  readonly algorithms: readonly string[];
  check(key: HostKey): ExecutorError | undefined;
  /** What it means that the server has none of these kinds. */
  readonly none: ExecutorError;
}

// A server on a bad line answers within these; one that does not is not there, and the next way may still be tried.
const DIAL_MS = 10_000;
const HANDSHAKE_MS = 15_000;
// The kernel's probes notice a peer that is gone; a peer that is frozen is noticed at the deadline.
const PROBE_MS = 15_000;
// What ssh2 would accept by itself includes SHA-1. These are what OpenSSH 8 and later have by default, without SHA-1 and CBC.
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group-exchange-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies NonNullable<ConnectConfig['algorithms']>;

/** A connection that is logged in. Err kinds: `unreachable`, `unsupported`, `authentication_failed`, `timed_out`, `cancelled`, and those of the check. */
export async function logIn(
  address: Address,
  host: HostCheck,
  login: Login,
  bounds: Bounds,
): Promise<Result<Connection, ExecutorError>> {
  const shaken = await handshake(address, host, login, bounds, 'ready');
  return shaken.map(({ client, socket, hostKey }) => connectionOf(client, socket, hostKey));
}

/** The key that a server shows and proves to have, when it is asked for these algorithms. Ends before any login. Err kinds: as `logIn`. */
export async function offeredKey(
  address: Address,
  algorithms: readonly string[],
  bounds: Bounds,
): Promise<Result<HostKey, ExecutorError>> {
  const none: ExecutorError = { kind: 'unsupported', message: 'the server has no host key of this kind' };
  const nobody: Login = { user: '', methods: [] };
  const shaken = await handshake(address, { algorithms, none, check: () => undefined }, nobody, bounds, 'handshake');
  return shaken.map(({ socket, hostKey }) => {
    socket.destroy();
    return hostKey;
  });
}

/** Why a private key cannot be used; undefined when it can. */
export async function keyProblem(bytes: Buffer): Promise<'encrypted' | 'unreadable' | undefined> {
  const { utils } = (await import('ssh2')).default;
  const key = utils.parseKey(bytes);
  if (!(key instanceof Error)) return key.isPrivateKey() ? undefined : 'unreadable';
  return /encrypted|passphrase/i.test(key.message) ? 'encrypted' : 'unreadable';
}

interface Shaken {
  readonly client: Client;
  readonly socket: Socket;
  readonly hostKey: HostKey;
}

/** Connects and goes as far as `until`: the handshake ends with a verified signature of the host key, `ready` is after the login. */
async function handshake(
  address: Address,
  host: HostCheck,
  login: Login,
  bounds: Bounds,
  until: 'handshake' | 'ready',
): Promise<Result<Shaken, ExecutorError>> {
  const { Client } = (await import('ssh2')).default;
  const dialled = await dial(address, bounds);
  if (dialled.isErr()) return err(dialled.error);
  const socket = dialled.value;
  const client = new Client();
  const stage = { name: 'handshake', refusal: undefined, hostKey: undefined, none: host.none } as Stage;
  const shaken = reaching(client, 'handshake', stage);
  const ready = reaching(client, 'ready', stage);
  client.once('handshake', () => {
    stage.name = 'login';
  });
  const destroy = () => socket.destroy();
  try {
    client.connect(configOf(socket, host, login, stage));
  } catch (cause) {
    destroy();
    return err(connectError(cause, stage));
  }
  const first = await within(bounds, shaken, destroy, { limitMs: HANDSHAKE_MS, late: SILENT });
  const last = until === 'ready' && isDone(first) ? await within(bounds, ready, destroy, { late: SLOW_LOGIN }) : first;
  const error = last.isErr() ? last.error : last.value;
  if (error === undefined && stage.hostKey !== undefined) return ok({ client, socket, hostKey: stage.hostKey });
  destroy();
  return err(error ?? SILENT);
}

const isDone = (result: Result<ExecutorError | undefined, ExecutorError>): boolean =>
  result.isOk() && result.value === undefined;

/** Resolves to undefined when the event comes, to an error when something else ends the connection first. */
function reaching(client: Client, event: 'handshake' | 'ready', stage: Stage): Promise<ExecutorError | undefined> {
  return new Promise((resolve) => {
    (client as EventEmitter).once(event, () => resolve(undefined));
    client.on('error', (error: unknown) => {
      if (!isPassing(error)) resolve(connectError(error, stage));
    });
    client.once('close', () => resolve(connectError(undefined, stage)));
  });
}

async function dial({ host, port }: Address, bounds: Bounds): Promise<Result<Socket, ExecutorError>> {
  const over = overdue(bounds);
  if (over !== undefined) return err(over);
  // Without noDelay each small packet waits 40 ms for the acknowledgement of the one before it.
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_MS });
  const connected = new Promise<ExecutorError | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.on('error', (cause) => resolve(dialError(cause)));
  });
  const first = await within(bounds, connected, () => socket.destroy(), { limitMs: DIAL_MS, late: NOBODY });
  if (first.isErr()) return err(first.error);
  return first.value === undefined ? ok(socket) : err(first.value);
}

function configOf(socket: Socket, host: HostCheck, { user, methods }: Login, stage: Stage): ConnectConfig {
  const waiting = methods.map(
    (method): AnyAuthMethod =>
      method.kind === 'agent'
        ? { type: 'agent', username: user, agent: method.socket }
        : { type: 'publickey', username: user, key: method.key },
  );
  return {
    sock: socket,
    username: user,
    algorithms: { ...ALGORITHMS, serverHostKey: host.algorithms as ServerHostKeyAlgorithm[] },
    // Called again when keys are exchanged anew; a host key that is no longer right ends the connection then.
    hostVerifier: (blob: Buffer) => {
      stage.hostKey = hostKeyOf(blob);
      stage.refusal = stage.hostKey === undefined ? UNREADABLE_KEY : host.check(stage.hostKey);
      return stage.refusal === undefined;
    },
    // Never asks which methods there are, so nothing but these is ever tried: no password, no prompt.
    authHandler: (_left, _partial, next) => next(waiting.shift() ?? (false as never)),
    readyTimeout: 0,
    keepaliveInterval: 0,
  };
}
