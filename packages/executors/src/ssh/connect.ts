/** From a destination to a connection, by whatever way leads there. */

import type { ExecutorError } from '@meshclaw/core';
import { err, type Result } from 'neverthrow';
import type { Bounds } from './bounds.js';
import { type HostCheck, logIn } from './client.js';
import type { Connection } from './connection.js';
import { credentialsOf } from './credentials.js';
import type { Destination } from './destination.js';
import { type Link, linkOf } from './link.js';
import { createPool, type Pool, type Times } from './pool.js';
import { type Relay, relayOf, through } from './relay.js';
import { directly } from './transport.js';

/** The pools of one executor. */
export interface Pools {
  /** Connections that commands run on. */
  readonly links: Pool<Link>;
  /** Connections that others go through. */
  readonly relays: Pool<Relay>;
}

/** Empty pools. */
export function createPools(times: Times): Pools {
  const connect = async (
    to: Destination,
    check: HostCheck,
    bounds: Bounds,
  ): Promise<Result<Connection, ExecutorError>> => {
    const methods = await credentialsOf(to, bounds);
    if (methods.isErr()) return err(methods.error);
    const login = { user: to.user, methods: methods.value };
    return logIn(through(relays, to) ?? directly(to), check, login, bounds, times.keepAliveMs);
  };
  const relays: Pool<Relay> = createPool(async (to, check, bounds) => {
    return (await connect(to, check, bounds)).map(relayOf);
  }, times);
  const links = createPool<Link>(async (to, check, bounds) => {
    const connection = await connect(to, check, bounds);
    if (connection.isErr()) return err(connection.error);
    const link = await linkOf(connection.value, bounds);
    if (link.isErr()) connection.value.destroy();
    return link;
  }, times);
  return { links, relays };
}
