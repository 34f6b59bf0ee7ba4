/** Servers on the way to others. Nothing is run on them, and no login of ours is forwarded: each hop carries bytes that it cannot read. */

import type { Duplex } from 'node:stream';
import type { ExecutorError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Bounds, within } from './bounds.js';
import { NOBODY } from './client-error.js';
import type { Connection, Forwarded } from './connection.js';
import type { Destination } from './destination.js';
import type { Kept, Lease, Pool } from './pool.js';
import type { Address } from './settings.js';
import { DIAL_MS, type Route, routeName, type Transport } from './transport.js';

/** A connection that others go through. */
export interface Relay extends Kept {
  /** Err kinds: `unreachable`, `timed_out`, `cancelled`. */
  forward(address: Address, bounds: Bounds): Promise<Result<Transport, ExecutorError>>;
}
/** What went wrong on a server on the way. */
export interface HopError extends ExecutorError {
  readonly hop: string;
}

/** Wraps a connection; the account needs no shell there. */
export function relayOf(connection: Connection): Relay {
  const streams = new Set<Duplex>();
  const awake = new Set<Duplex>();
  let isRetired = false;
  const endIfOver = () => {
    if (isRetired && streams.size === 0) connection.end();
  };
  const added = (stream: Duplex): Transport => {
    const keepsAlive = (yes: boolean) => {
      if (yes) awake.add(stream);
      else awake.delete(stream);
      connection.keepsAlive(awake.size > 0);
    };
    streams.add(stream);
    keepsAlive(true);
    stream.on('error', () => undefined);
    stream.once('close', () => {
      streams.delete(stream);
      keepsAlive(false);
      endIfOver();
    });
    return { stream, keepsAlive };
  };
  return {
    connection,
    isUsable: () => !isRetired && !connection.isLost(),
    idleMs: connection.silentMs,
    retire() {
      isRetired = true;
      endIfOver();
    },
    async forward(address, bounds) {
      const asked = connection.forward(address);
      const given = await within(bounds, asked, () => void asked.then(close), { limitMs: DIAL_MS, late: NOBODY });
      if (given.isErr()) return err(given.error);
      return 'stream' in given.value ? ok(added(given.value.stream)) : err(WHY[given.value.failed]);
    },
  };
}

const close = (late: Forwarded) => {
  if ('stream' in late) late.stream.destroy();
};

const unreachable = (message: string): ExecutorError => ({ kind: 'unreachable', message });
const WHY = {
  refused: unreachable('the server on the way forwards no connections there (AllowTcpForwarding, PermitOpen)'),
  unreached: unreachable('the server on the way finds nothing that answers at this address'),
  lost: unreachable('the connection to the server on the way was lost'),
} as const;

/** Through the last of the hops, which is reached through those before it. */
export function through(relays: Pool<Relay>, { jump, ...address }: Destination): Route | undefined {
  const last = jump.at(-1);
  if (last === undefined) return undefined;
  const hop: Destination = { ...last, jump: jump.slice(0, -1) };
  return {
    name: [...jump.map((way) => `${way.user}@${routeName(way)}`), routeName(address)].join(' '),
    async dial(bounds) {
      const taken = await relays.take(hop, bounds);
      if (taken.isErr()) return err(at(hop, taken.error));
      const { lease, kept } = taken.value;
      const transport = await kept.forward(address, bounds);
      if (transport.isErr()) {
        lease.giveBack();
        return err(at(hop, transport.error));
      }
      return ok(leased(transport.value, lease));
    },
  };
}

/** The hop is kept as long as something goes through it. */
function leased(transport: Transport, lease: Lease<Relay>): Transport {
  transport.stream.once('close', lease.giveBack);
  return transport;
}

/** Which hop it was; the one nearest to the trouble. */
const at = ({ host }: Destination, error: ExecutorError): HopError => ({ hop: host, ...error });
