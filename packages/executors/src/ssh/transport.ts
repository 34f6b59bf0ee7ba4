/** How bytes get to a server: by a connection of its own, or by a channel of another one. */

import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Bounds, overdue, within } from './bounds.js';
import { dialError, NOBODY } from './client-error.js';
import type { Address } from './settings.js';

/** Bytes to a server and back. */
export interface Transport {
  readonly stream: Duplex;
  /** Whether it keeps this process alive. */
  keepsAlive(yes: boolean): void;
}
/** A way to a server that can be gone again and again. */
export interface Route {
  /** Tells this server from every other: who connects to it waits for others who do. */
  readonly name: string;
  /** Err kinds: `unreachable`, `timed_out`, `cancelled`, and those of the servers on the way. */
  dial(bounds: Bounds): Promise<Result<Transport, ExecutorError>>;
}

/** A server on a bad line answers within this; one that does not is not there, and the next way may still be tried. */
export const DIAL_MS = 10_000;
// The kernel's probes notice a peer that is gone, also where nothing is asked of it.
const PROBE_MS = 15_000;

/** By TCP. */
export function directly(address: Address): Route {
  return { name: routeName(address), dial: (bounds) => dial(address, bounds) };
}

/** `host:port`; names differ in case for nobody. */
export const routeName = ({ host, port }: Address): string => `${host.toLowerCase()}:${port}`;

async function dial({ host, port }: Address, bounds: Bounds): Promise<Result<Transport, ExecutorError>> {
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
  if (first.value !== undefined) return err(first.value);
  const keepsAlive = (yes: boolean) => {
    if (socket.destroyed) return; // Node would wait for it to connect
    if (yes) socket.ref();
    else socket.unref();
  };
  return ok({ stream: socket, keepsAlive });
}
