/** A connection that is logged in: commands on it, streams through it, and whether it still stands. */

import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { type ChannelListener, runLine, type Sending } from './channel.js';
import { isPassing } from './client-error.js';
import type { HostKey } from './host-key.js';
import { keepAlive } from './keep-alive.js';
import type { Address } from './settings.js';
import type { Transport } from './transport.js';

/** A stream to another server; `refused` where this server forwards nothing, `unreached` where nothing answers it there. */
export type Forwarded = { readonly stream: Duplex } | { readonly failed: 'refused' | 'unreached' | 'lost' };
/** A connection that is logged in. */
export interface Connection {
  readonly hostKey: HostKey;
  /** Runs a line by the account's login shell. */
  run(line: string, listener: ChannelListener): Sending;
  /** Asks the server to connect to another one. */
  forward(address: Address): Promise<Forwarded>;
  /** Resolves when the server says anything at all to this; runs nothing there. False where the connection is lost. */
  answers(): Promise<boolean>;
  /** How long nothing was heard of the server. */
  silentMs(): number;
  isLost(): boolean;
  /** Calls back once when the connection is lost, at once where it is; answers what takes the listener away. */
  onLost(listener: () => void): () => void;
  /** Whether the connection keeps this process alive. */
  keepsAlive(yes: boolean): void;
  /** Says goodbye and closes. */
  end(): void;
  destroy(): void;
}

/** Wraps a client after its login. A server that says nothing at all for some time is lost, whoever waits for it. */
export function connectionOf(
  client: Client,
  { stream, keepsAlive }: Transport,
  hostKey: HostKey,
  keepAliveMs: number,
): Connection {
  const listeners = new Set<() => void>();
  let isLost = false;
  const lose = () => {
    if (isLost) return;
    isLost = true;
    alive.end();
    for (const listener of listeners) listener();
    listeners.clear();
    stream.destroy();
  };
  const alive = keepAlive(keepAliveMs, { ask: () => void ping(client), lose });
  stream.on('data', alive.heard);
  client.on('error', (error: unknown) => {
    if (!isPassing(error)) lose();
  });
  client.once('end', lose);
  client.once('close', lose);
  return {
    hostKey,
    run: (line, listener) => runLine(client, () => isLost, line, listener),
    forward: (address) => forward(client, () => isLost, address),
    answers: async () => !isLost && (await ping(client)) && !isLost,
    silentMs: alive.silentMs,
    isLost: () => isLost,
    onLost(listener) {
      if (isLost) listener();
      else listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    keepsAlive,
    end() {
      client.end();
      lose();
    },
    destroy: lose,
  };
}

/** A request that means nothing to any server and has to be answered all the same (RFC 4254 §4): to forget a port that was never asked for. */
function ping(client: Client): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      client.unforwardIn('', 0, () => resolve(true));
    } catch {
      resolve(false); // it has ended
    }
  });
}

// RFC 4254 §5.1: SSH_OPEN_CONNECT_FAILED. Every other reason is the server's own no.
const CONNECT_FAILED = 2;

function forward(client: Client, isLost: () => boolean, { host, port }: Address): Promise<Forwarded> {
  return new Promise((resolve) => {
    const done = (error: unknown, stream: ClientChannel) => {
      if (error === undefined || error === null) resolve({ stream });
      else if (isLost()) resolve({ failed: 'lost' });
      else resolve({ failed: reasonOf(error) === CONNECT_FAILED ? 'unreached' : 'refused' });
    };
    try {
      client.forwardOut('127.0.0.1', 0, host, port, done);
    } catch {
      resolve({ failed: 'lost' });
    }
  });
}

const reasonOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, 'reason') : undefined;
