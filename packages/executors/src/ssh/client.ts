/** The only file that knows ssh2: handshake, login, channels. Everything it throws or emits ends here or in `client-error.ts`. */

import type { EventEmitter } from 'node:events';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { admitted } from './admission.js';
import { type Bounds, within } from './bounds.js';
import { connectError, isPassing, SILENT, SLOW_LOGIN, type Stage, UNREADABLE_KEY } from './client-error.js';
import { type Connection, connectionOf } from './connection.js';
import { type HostKey, hostKeyOf } from './host-key.js';
import { agentOf } from './private-key.js';
import type { Route, Transport } from './transport.js';

/** One way to prove who logs in. */
export type AuthMethod =
  | { readonly kind: 'key'; readonly key: Buffer }
  /** `only` is the one key that is taken of it, in wire form. */
  | { readonly kind: 'agent'; readonly socket: string; readonly only?: Buffer };
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

// A server on a bad line answers within this; one that does not is not there, and the next way may still be tried.
const HANDSHAKE_MS = 15_000;
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

/** A connection that is logged in, which asks for a sign of life after so much silence. Err kinds: `unreachable`, `unsupported`, `authentication_failed`, `timed_out`, `cancelled`, and those of the check. */
export async function logIn(
  route: Route,
  host: HostCheck,
  login: Login,
  bounds: Bounds,
  keepAliveMs: number,
): Promise<Result<Connection, ExecutorError>> {
  const shaken = await admitted(route.name, bounds, () => handshake(route, host, login, bounds, 'ready'));
  return shaken.map(({ client, transport, hostKey }) => connectionOf(client, transport, hostKey, keepAliveMs));
}

/** The key that a server shows and proves to have, when it is asked for these algorithms. Ends before any login. Err kinds: as `logIn`. */
export async function offeredKey(
  route: Route,
  algorithms: readonly string[],
  bounds: Bounds,
): Promise<Result<HostKey, ExecutorError>> {
  const none: ExecutorError = { kind: 'unsupported', message: 'the server has no host key of this kind' };
  const nobody: Login = { user: '', methods: [] };
  const host: HostCheck = { algorithms, none, check: () => undefined };
  const shaken = await admitted(route.name, bounds, () => handshake(route, host, nobody, bounds, 'handshake'));
  return shaken.map(({ transport, hostKey }) => {
    transport.stream.destroy();
    return hostKey;
  });
}

interface Shaken {
  readonly client: Client;
  readonly transport: Transport;
  readonly hostKey: HostKey;
}

/** Connects and goes as far as `until`: the handshake ends with a verified signature of the host key, `ready` is after the login. */
async function handshake(
  route: Route,
  host: HostCheck,
  login: Login,
  bounds: Bounds,
  until: 'handshake' | 'ready',
): Promise<Result<Shaken, ExecutorError>> {
  const { Client } = (await import('ssh2')).default;
  const methods = await methodsOf(login);
  const dialled = await route.dial(bounds);
  if (dialled.isErr()) return err(dialled.error);
  const transport = dialled.value;
  const client = new Client();
  const stage = { name: 'handshake', refusal: undefined, hostKey: undefined, none: host.none } as Stage;
  const shaken = reaching(client, 'handshake', stage);
  const ready = reaching(client, 'ready', stage);
  client.once('handshake', () => {
    stage.name = 'login';
  });
  const destroy = () => void transport.stream.destroy();
  try {
    client.connect(configOf(transport, host, login.user, methods, stage));
  } catch (cause) {
    destroy();
    return err(connectError(cause, stage));
  }
  const first = await within(bounds, shaken, destroy, { limitMs: HANDSHAKE_MS, late: SILENT });
  const last = until === 'ready' && isDone(first) ? await within(bounds, ready, destroy, { late: SLOW_LOGIN }) : first;
  const error = last.isErr() ? last.error : last.value;
  if (error === undefined && stage.hostKey !== undefined) return ok({ client, transport, hostKey: stage.hostKey });
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

async function methodsOf({ user, methods }: Login): Promise<AnyAuthMethod[]> {
  return Promise.all(
    methods.map(async (method): Promise<AnyAuthMethod> => {
      if (method.kind === 'key') return { type: 'publickey', username: user, key: method.key };
      return { type: 'agent', username: user, agent: await agentOf(method.socket, method.only) };
    }),
  );
}

function configOf(
  { stream }: Transport,
  host: HostCheck,
  user: string,
  waiting: AnyAuthMethod[],
  stage: Stage,
): ConnectConfig {
  return {
    sock: stream,
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
